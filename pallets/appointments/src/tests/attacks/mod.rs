//! What somebody might try, as she would try it.

mod consultations;
mod holds;
mod lists;
mod merges;
mod times;

use super::*;
use frame_support::assert_noop;
use salus_primitives::PatientStatus;

fn die(patient: PatientId) {
	Patients::mutate(patient, |kept| {
		kept.as_mut().unwrap().status = PatientStatus::Deceased(now())
	});
}

/// Everybody's morning.
fn mornings() {
	for practitioner in [DOCTOR, SURGEON, NURSE, PHARMACIST] {
		morning(practitioner);
	}
}
