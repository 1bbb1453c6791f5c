//! Word to patients: what finalised events are told, to whom, and how.

mod chain;
mod deliver;
mod follow;

use salus::Offered;
use salus_primitives::{AuditEntry, Basis, Kind, PatientId};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::store::{Event, NewNotice};

pub use chain::NodeBlocks;
pub use deliver::Deliverer;
pub use follow::{Blocks, EntriesError, Follower, Page};

/// An entry of a patient's trail.
pub type Entry<A> = (PatientId, AuditEntry<A>);

/// The title of every notice: whoever looks over her shoulder learns nothing.
pub const SUBJECT: &str = "A message about your health record";

/// What a patient is told of an entry. What she opens herself she knows; an appointment is confirmed to her whoever made it.
pub fn told<A>(block: u32, (patient, entry): &Entry<A>) -> Vec<NewNotice> {
	let events = match &entry.kind {
		Kind::ConsentRequested { request } => vec![Event::Asked(*request)],
		Kind::AccessPermitted { receipt, basis, .. } => match basis {
			Basis::Subject => vec![],
			Basis::BreakGlass(case) => vec![Event::GlassBroken(*case), Event::Opened(*receipt)],
			Basis::Guardian | Basis::Author | Basis::Assignment | Basis::Grant(_) => vec![Event::Opened(*receipt)],
		},
		Kind::CaseOpened { case } => vec![Event::GlassBroken(*case)],
		Kind::BatchAccessPermitted { receipt, basis, .. } => match basis {
			Basis::Subject => vec![],
			Basis::BreakGlass(case) => vec![Event::GlassBroken(*case), Event::ReadingsOpened(*receipt)],
			Basis::Guardian | Basis::Author | Basis::Assignment | Basis::Grant(_) => {
				vec![Event::ReadingsOpened(*receipt)]
			}
		},
		Kind::AppointmentBooked { .. } | Kind::AppointmentRescheduled { .. } | Kind::AppointmentCancelled { .. } => {
			vec![Event::Appointment(entry.seq)]
		}
		Kind::RecoveryProposed { .. } | Kind::RecoveryBegunByContacts { .. } => vec![Event::KeyLost(entry.seq)],
		// All are named, so that whoever adds a kind decides whether a patient is told of it.
		Kind::PatientRegistered { .. }
		| Kind::AssignmentProposed { .. }
		| Kind::AssignmentAccepted { .. }
		| Kind::AssignmentEnded { .. }
		| Kind::RequestApproved { .. }
		| Kind::RequestDeclined { .. }
		| Kind::RequestWithdrawn { .. }
		| Kind::GrantGiven { .. }
		| Kind::GrantRevoked { .. }
		| Kind::DenialMade { .. }
		| Kind::DenialLifted { .. }
		| Kind::RecordRegistered { .. }
		| Kind::RecordEnteredInError { .. }
		| Kind::AccessRefused { .. }
		| Kind::DeviceOffered { .. }
		| Kind::DeviceOfferEnded { .. }
		| Kind::DeviceBound { .. }
		| Kind::DeviceUnbound { .. }
		| Kind::BatchAnchored { .. }
		| Kind::BatchAccessRefused { .. }
		| Kind::AlertRaised { .. }
		| Kind::AlertAcknowledged { .. }
		| Kind::AlertEscalated { .. }
		| Kind::DeviceSuspended { .. }
		| Kind::DeviceReinstated { .. }
		| Kind::CaseJoined { .. }
		| Kind::CaseApproved { .. }
		| Kind::CaseClosed { .. }
		| Kind::CaseReviewed { .. }
		| Kind::CaseAppealed { .. }
		| Kind::CaseJudged { .. }
		| Kind::CompartmentSealed { .. }
		| Kind::CompartmentUnsealed { .. }
		| Kind::GrantPassedOn { .. }
		| Kind::ErasureAttested { .. }
		| Kind::PaperWitnessed { .. }
		| Kind::GrantConfirmed { .. }
		| Kind::PatientRegisteredOnPaper { .. }
		| Kind::PatientIdentified { .. }
		| Kind::ControllerChanged { .. }
		| Kind::HpkeKeyRotated
		| Kind::CaregiverNamed { .. }
		| Kind::CaregiverRemoved { .. }
		| Kind::PatientsMerged { .. }
		| Kind::PatientsUnmerged { .. }
		| Kind::PatientDeceased { .. }
		| Kind::DeathRetracted { .. }
		| Kind::GuardianshipProposed { .. }
		| Kind::GuardianshipChanged { .. }
		| Kind::RecoveryChanged { .. }
		| Kind::RecoveryContactsSet
		| Kind::DeathChanged { .. }
		| Kind::AppointmentProposed { .. }
		| Kind::AppointmentArrived { .. }
		| Kind::AppointmentFulfilled { .. }
		| Kind::AppointmentNoShow { .. }
		| Kind::ConsultationJoined { .. }
		| Kind::ConsultationRefused { .. }
		| Kind::ConsultationEnded { .. } => vec![],
	};
	let notice = |event| NewNotice {
		patient: *patient,
		event,
		block,
	};
	events.into_iter().map(notice).collect()
}

/// What a patient is told of an offer. An appointment can be offered several times: what tells offers apart is the time and
/// until when it is held, which the chain's state says as its events do.
pub fn offered(block: u32, made: &Offered) -> NewNotice {
	let mut hash = Sha256::new();
	hash.update(b"salus/offered/1");
	let period = made.offer.period;
	for number in [made.appointment, period.start, period.end, made.offer.until] {
		hash.update(number.to_be_bytes());
	}
	let digest: [u8; 32] = hash.finalize().into();
	let first = digest.first_chunk().copied().unwrap_or_default();
	NewNotice {
		patient: made.patient,
		// SQL's numbers have a sign.
		event: Event::Offered(u64::from_be_bytes(first) >> 1),
		block,
	}
}

/// A notice: no name, no category, no speciality, no institution, no number.
pub fn text(event: Event) -> Zeroizing<String> {
	let happened = match event {
		Event::Asked(_) => "Somebody asks for your consent to see a part of your health record.",
		Event::Opened(_) => "Somebody opened a part of your health record.",
		Event::GlassBroken(_) => "Your health record may be opened in an emergency, without asking you first.",
		Event::ReadingsOpened(_) => "Somebody opened what your devices measured.",
		Event::Appointment(_) => "An appointment of yours was made, moved or cancelled.",
		Event::Offered(_) => {
			"An appointment is offered to you and held for a while: answer within the time that your client shows, or others \
			 are offered it."
		}
		Event::KeyLost(_) => {
			"Somebody says that the key to your health record is lost, and asks for another. If it is not lost, object: your \
			 old key can, within seven days."
		}
	};
	Zeroizing::new(format!(
		"{happened}\r\n\r\nYour Salus client shows who it was and why, and what you can do. This message has no link in it; \
		 do not follow one that is said to come from us.\r\n"
	))
}
