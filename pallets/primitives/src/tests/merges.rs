use crate::{
	Guardianship, Institution, InstitutionId, KeyLoss, Moment, Patient, PatientId, PatientStatus, Registry, Standing,
	MAX_MERGES,
};

/// Of the ids 1 to 9 each was merged into the next; 9 died, and 10 was merged into one that there is not.
struct Merged;

impl Registry<u64> for Merged {
	fn patient(id: PatientId) -> Option<Patient<u64>> {
		let status = match id {
			1..9 => PatientStatus::MergedInto(id + 1),
			9 => PatientStatus::Deceased(0),
			10 => PatientStatus::MergedInto(11),
			_ => return None,
		};
		Some(Patient {
			controller: Some(100 + id),
			hpke: None,
			institution: 0,
			status,
		})
	}
	fn institution(_: InstitutionId) -> Option<Institution<u64>> {
		None
	}
	fn is_officer(_: &u64, _: InstitutionId) -> bool {
		false
	}
	fn standing(_: &u64, _: InstitutionId) -> Option<Standing> {
		None
	}
	fn is_revoked(_: &u64, _: InstitutionId) -> bool {
		false
	}
	fn is_controller(_: &u64, _: PatientId) -> bool {
		false
	}
	fn is_assigned(_: &u64, _: PatientId, _: InstitutionId) -> bool {
		false
	}
	fn guardianships(_: PatientId) -> Vec<Guardianship<u64>> {
		Vec::new()
	}
	fn is_caregiver(_: PatientId, _: &u64) -> bool {
		false
	}
	fn key_loss(_: PatientId) -> KeyLoss {
		KeyLoss::default()
	}
	fn home(_: &u64) -> Option<InstitutionId> {
		None
	}
}

#[test]
fn a_merged_patient_goes_on_under_the_last_of_four_merges() {
	let goes_on_as = |status| Merged::goes_on_as(status).map(|(id, entry)| (id, entry.controller));
	let after = |id: PatientId| goes_on_as(Merged::patient(id).unwrap().status);
	let never_merged: [PatientStatus; 2] = [PatientStatus::Active, PatientStatus::Deceased(Moment::MAX)];
	assert_eq!(never_merged.map(goes_on_as), [None, None]);
	assert_eq!(after(8), Some((9, Some(109))));
	assert_eq!(after(9 - u64::from(MAX_MERGES)), Some((9, Some(109))));
	assert_eq!(
		after(1),
		Some((5, Some(105))),
		"who was merged on is told by her status"
	);
	assert_eq!(after(10), None, "there is no such id");
}
