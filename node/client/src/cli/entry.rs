//! How the entries of an audit trail are shown.

use salus_primitives::{AuditEntry, Kind};
use serde_json::{json, Value};

use super::view::{account, basis_json, basis_words};
use crate::sdk::{
	words::{hex, hyphenated, number, show_moment},
	AccountId,
};

pub(crate) fn json(block: u64, entry: &AuditEntry<AccountId>) -> Value {
	json!({
		"seq": number(entry.seq),
		"at": number(entry.at),
		"actor": entry.actor.as_ref().map(account),
		"what": kind_line(&entry.kind),
		"kind": kind(&entry.kind),
		"block": number(block),
	})
}

pub(crate) fn line(block: u64, entry: &AuditEntry<AccountId>) -> String {
	let actor = entry.actor.map_or("the chain".to_string(), |actor| actor.to_string());
	format!(
		"{:>4}  {}  block {block}  {actor}: {}",
		entry.seq,
		show_moment(entry.at),
		kind_line(&entry.kind)
	)
}

fn kind(kind: &Kind<AccountId>) -> Value {
	match kind {
		Kind::PatientRegistered { institution } => json!({ "type": "PatientRegistered", "institution": institution }),
		Kind::AssignmentProposed {
			institution,
			practitioner,
		} => json!({ "type": "AssignmentProposed", "institution": institution, "practitioner": account(practitioner) }),
		Kind::AssignmentAccepted {
			institution,
			practitioner,
		} => json!({ "type": "AssignmentAccepted", "institution": institution, "practitioner": account(practitioner) }),
		Kind::AssignmentEnded {
			institution,
			practitioner,
		} => json!({ "type": "AssignmentEnded", "institution": institution, "practitioner": account(practitioner) }),
		Kind::ConsentRequested { request } => json!({ "type": "ConsentRequested", "request": number(*request) }),
		Kind::RequestApproved { request, grant } => {
			json!({ "type": "RequestApproved", "request": number(*request), "grant": number(*grant) })
		}
		Kind::RequestDeclined { request } => json!({ "type": "RequestDeclined", "request": number(*request) }),
		Kind::RequestWithdrawn { request } => json!({ "type": "RequestWithdrawn", "request": number(*request) }),
		Kind::GrantGiven { grant } => json!({ "type": "GrantGiven", "grant": number(*grant) }),
		Kind::GrantRevoked { grant } => json!({ "type": "GrantRevoked", "grant": number(*grant) }),
		Kind::DenialMade { denial } => json!({ "type": "DenialMade", "denial": number(*denial) }),
		Kind::DenialLifted { denial } => json!({ "type": "DenialLifted", "denial": number(*denial) }),
		Kind::RecordRegistered { record } => json!({ "type": "RecordRegistered", "record": number(*record) }),
		Kind::RecordEnteredInError { record, reason } => {
			json!({ "type": "RecordEnteredInError", "record": number(*record), "reason": reason.name() })
		}
		Kind::AccessPermitted {
			receipt,
			record,
			purpose,
			basis,
		} => json!({
			"type": "AccessPermitted",
			"receipt": number(*receipt),
			"record": number(*record),
			"purpose": purpose.name(),
			"basis": basis_json(basis),
		}),
		Kind::AccessRefused {
			receipt,
			record,
			purpose,
			reason,
		} => json!({
			"type": "AccessRefused",
			"receipt": number(*receipt),
			"record": number(*record),
			"purpose": purpose.name(),
			"reason": reason.name(),
		}),
		Kind::DeviceOffered { device } => json!({ "type": "DeviceOffered", "device": hex(device) }),
		Kind::DeviceOfferEnded { device } => json!({ "type": "DeviceOfferEnded", "device": hex(device) }),
		Kind::DeviceBound { binding, device } => {
			json!({ "type": "DeviceBound", "binding": number(*binding), "device": hex(device) })
		}
		Kind::DeviceUnbound { binding } => json!({ "type": "DeviceUnbound", "binding": number(*binding) }),
		Kind::BatchAnchored { anchor, missing } => {
			json!({ "type": "BatchAnchored", "anchor": number(*anchor), "missing": number(*missing) })
		}
		Kind::BatchAccessPermitted {
			receipt,
			anchor,
			purpose,
			basis,
		} => json!({
			"type": "BatchAccessPermitted",
			"receipt": number(*receipt),
			"anchor": number(*anchor),
			"purpose": purpose.name(),
			"basis": basis_json(basis),
		}),
		Kind::BatchAccessRefused {
			receipt,
			anchor,
			purpose,
			reason,
		} => json!({
			"type": "BatchAccessRefused",
			"receipt": number(*receipt),
			"anchor": number(*anchor),
			"purpose": purpose.name(),
			"reason": reason.name(),
		}),
		Kind::AlertRaised { alert } => json!({ "type": "AlertRaised", "alert": number(*alert) }),
		Kind::AlertAcknowledged { alert } => json!({ "type": "AlertAcknowledged", "alert": number(*alert) }),
		Kind::AlertEscalated { alert } => json!({ "type": "AlertEscalated", "alert": number(*alert) }),
		Kind::DeviceSuspended { binding } => json!({ "type": "DeviceSuspended", "binding": number(*binding) }),
		Kind::DeviceReinstated { binding } => json!({ "type": "DeviceReinstated", "binding": number(*binding) }),
		Kind::CaseOpened { case } => json!({ "type": "CaseOpened", "case": number(*case) }),
		Kind::CaseJoined { case } => json!({ "type": "CaseJoined", "case": number(*case) }),
		Kind::CaseApproved { case } => json!({ "type": "CaseApproved", "case": number(*case) }),
		Kind::CaseClosed { case } => json!({ "type": "CaseClosed", "case": number(*case) }),
		Kind::CaseReviewed { case, verdict } => {
			json!({ "type": "CaseReviewed", "case": number(*case), "verdict": verdict.name() })
		}
		Kind::CaseAppealed { case } => json!({ "type": "CaseAppealed", "case": number(*case) }),
		Kind::CaseJudged { case, verdict } => {
			json!({ "type": "CaseJudged", "case": number(*case), "verdict": verdict.name() })
		}
		Kind::CompartmentSealed { compartment } => json!({ "type": "CompartmentSealed", "compartment": compartment }),
		Kind::CompartmentUnsealed { compartment } => {
			json!({ "type": "CompartmentUnsealed", "compartment": compartment })
		}
		Kind::GrantPassedOn { grant, parent } => {
			json!({ "type": "GrantPassedOn", "grant": number(*grant), "parent": number(*parent) })
		}
		Kind::ErasureAttested { grant } => json!({ "type": "ErasureAttested", "grant": number(*grant) }),
		Kind::PaperWitnessed { with, scan } => {
			json!({ "type": "PaperWitnessed", "with": account(with), "scan": format!("{scan:?}") })
		}
		Kind::GrantConfirmed { grant } => json!({ "type": "GrantConfirmed", "grant": number(*grant) }),
		Kind::PatientRegisteredOnPaper { institution, with } => {
			json!({ "type": "PatientRegisteredOnPaper", "institution": institution, "with": account(with) })
		}
		Kind::PatientIdentified { with } => json!({ "type": "PatientIdentified", "with": account(with) }),
		Kind::ControllerChanged { controller, cause } => {
			json!({ "type": "ControllerChanged", "controller": account(controller), "cause": cause.name() })
		}
		Kind::HpkeKeyRotated => json!({ "type": "HpkeKeyRotated" }),
		Kind::CaregiverNamed { caregiver } => json!({ "type": "CaregiverNamed", "caregiver": account(caregiver) }),
		Kind::CaregiverRemoved { caregiver } => json!({ "type": "CaregiverRemoved", "caregiver": account(caregiver) }),
		Kind::PatientsMerged { from, into, with } => {
			json!({ "type": "PatientsMerged", "from": number(*from), "into": number(*into), "with": account(with) })
		}
		Kind::PatientsUnmerged { from, into, with } => {
			json!({ "type": "PatientsUnmerged", "from": number(*from), "into": number(*into), "with": account(with) })
		}
		Kind::PatientDeceased { at, with } => {
			json!({ "type": "PatientDeceased", "at": number(*at), "with": account(with) })
		}
		Kind::DeathRetracted { with } => json!({ "type": "DeathRetracted", "with": account(with) }),
		Kind::GuardianshipProposed { guardian, with } => {
			json!({ "type": "GuardianshipProposed", "guardian": account(guardian), "with": account(with) })
		}
		Kind::GuardianshipChanged { guardian, change } => {
			json!({ "type": "GuardianshipChanged", "guardian": account(guardian), "change": change.name() })
		}
		Kind::RecoveryProposed { controller, with } => {
			json!({ "type": "RecoveryProposed", "controller": account(controller), "with": account(with) })
		}
		Kind::RecoveryChanged { change } => json!({ "type": "RecoveryChanged", "change": change.name() }),
		Kind::RecoveryContactsSet => json!({ "type": "RecoveryContactsSet" }),
		Kind::RecoveryBegunByContacts { controller } => {
			json!({ "type": "RecoveryBegunByContacts", "controller": account(controller) })
		}
		Kind::DeathChanged { change } => json!({ "type": "DeathChanged", "change": change.name() }),
		Kind::AppointmentProposed { appointment } => {
			json!({ "type": "AppointmentProposed", "appointment": number(*appointment) })
		}
		Kind::AppointmentBooked { appointment } => {
			json!({ "type": "AppointmentBooked", "appointment": number(*appointment) })
		}
		Kind::AppointmentRescheduled { appointment } => {
			json!({ "type": "AppointmentRescheduled", "appointment": number(*appointment) })
		}
		Kind::AppointmentCancelled { appointment, reason } => {
			json!({ "type": "AppointmentCancelled", "appointment": number(*appointment), "reason": reason.name() })
		}
		Kind::AppointmentArrived { appointment } => {
			json!({ "type": "AppointmentArrived", "appointment": number(*appointment) })
		}
		Kind::AppointmentFulfilled { appointment } => {
			json!({ "type": "AppointmentFulfilled", "appointment": number(*appointment) })
		}
		Kind::AppointmentNoShow { appointment } => {
			json!({ "type": "AppointmentNoShow", "appointment": number(*appointment) })
		}
		Kind::ConsultationJoined { appointment } => {
			json!({ "type": "ConsultationJoined", "appointment": number(*appointment) })
		}
		Kind::ConsultationRefused { appointment, reason } => {
			json!({ "type": "ConsultationRefused", "appointment": number(*appointment), "reason": reason.name() })
		}
		Kind::ConsultationEnded { appointment } => {
			json!({ "type": "ConsultationEnded", "appointment": number(*appointment) })
		}
	}
}

fn kind_line(kind: &Kind<AccountId>) -> String {
	match kind {
		Kind::PatientRegistered { institution } => format!("registered as a patient of institution {institution}"),
		Kind::AssignmentProposed {
			institution,
			practitioner,
		} => format!("proposed to assign her to {practitioner} at institution {institution}"),
		Kind::AssignmentAccepted { institution, .. } => format!("accepted the assignment at institution {institution}"),
		Kind::AssignmentEnded {
			institution,
			practitioner,
		} => format!("ended the assignment to {practitioner} at institution {institution}"),
		Kind::ConsentRequested { request } => format!("asked for consent (request {request})"),
		Kind::RequestApproved { request, grant } => format!("approved request {request} (grant {grant})"),
		Kind::RequestDeclined { request } => format!("declined request {request}"),
		Kind::RequestWithdrawn { request } => format!("withdrew request {request}"),
		Kind::GrantGiven { grant } => format!("gave grant {grant}"),
		Kind::GrantRevoked { grant } => format!("revoked grant {grant}"),
		Kind::DenialMade { denial } => format!("made denial {denial}"),
		Kind::DenialLifted { denial } => format!("lifted denial {denial}"),
		Kind::RecordRegistered { record } => format!("registered record {record}"),
		Kind::RecordEnteredInError { record, reason } => format!(
			"marked record {record} as entered in error ({})",
			hyphenated(reason.name())
		),
		Kind::AccessPermitted {
			receipt,
			record,
			purpose,
			basis,
		} => format!(
			"was given access to record {record} for {} ({}, receipt {receipt})",
			hyphenated(purpose.name()),
			basis_words(basis)
		),
		Kind::AccessRefused {
			receipt,
			record,
			purpose,
			reason,
		} => format!(
			"was refused access to record {record} for {} ({}, receipt {receipt})",
			hyphenated(purpose.name()),
			reason.name()
		),
		Kind::DeviceOffered { device } => format!("offered her device {}", hex(device)),
		Kind::DeviceOfferEnded { device } => format!("ended the offer of device {}", hex(device)),
		Kind::DeviceBound { binding, device } => format!("bound device {} to her (binding {binding})", hex(device)),
		Kind::DeviceUnbound { binding } => format!("ended binding {binding} of a device"),
		Kind::BatchAnchored { anchor, missing: 0 } => format!("anchored readings of hers (batch {anchor})"),
		Kind::BatchAnchored { anchor, missing } => {
			format!("anchored readings of hers (batch {anchor}), with {missing} missing before")
		}
		Kind::BatchAccessPermitted {
			receipt,
			anchor,
			purpose,
			basis,
		} => format!(
			"was given access to batch {anchor} of her readings for {} ({}, receipt {receipt} of readings)",
			hyphenated(purpose.name()),
			basis_words(basis)
		),
		Kind::BatchAccessRefused {
			receipt,
			anchor,
			purpose,
			reason,
		} => format!(
			"was refused access to batch {anchor} of her readings for {} ({}, receipt {receipt} of readings)",
			hyphenated(purpose.name()),
			reason.name()
		),
		Kind::AlertRaised { alert } => format!("raised alert {alert}"),
		Kind::AlertAcknowledged { alert } => format!("acknowledged alert {alert}"),
		Kind::AlertEscalated { alert } => format!("passed alert {alert} on to the next"),
		Kind::DeviceSuspended { binding } => format!("suspended the device of binding {binding}"),
		Kind::DeviceReinstated { binding } => format!("reinstated the device of binding {binding}"),
		Kind::CaseOpened { case } => format!("broke the glass (case {case})"),
		Kind::CaseJoined { case } => format!("joined emergency case {case}"),
		Kind::CaseApproved { case } => format!("approved emergency case {case}"),
		Kind::CaseClosed { case } => format!("closed emergency case {case}"),
		Kind::CaseReviewed { case, verdict } => {
			format!("reviewed emergency case {case}: {}", hyphenated(verdict.name()))
		}
		Kind::CaseAppealed { case } => format!("sent emergency case {case} to the council"),
		Kind::CaseJudged { case, verdict } => format!("judged emergency case {case}: {}", hyphenated(verdict.name())),
		Kind::CompartmentSealed { compartment } => format!("sealed compartment {compartment}"),
		Kind::CompartmentUnsealed { compartment } => format!("took the seal off compartment {compartment}"),
		Kind::GrantPassedOn { grant, parent } => format!("passed grant {parent} on (grant {grant})"),
		Kind::ErasureAttested { grant } => format!("attested that copies under grant {grant} are erased"),
		Kind::PaperWitnessed { with, scan } => {
			format!("witnessed with {with} what she signed on paper (scan {scan:?}), which comes next")
		}
		Kind::GrantConfirmed { grant } => format!("confirmed grant {grant}, given since her key was lost"),
		Kind::PatientRegisteredOnPaper { institution, with } => {
			format!("registered her on paper at institution {institution}, with {with}")
		}
		Kind::PatientIdentified { with } => format!("noted who she is, with {with}"),
		Kind::ControllerChanged { controller, cause } => {
			format!(
				"made {controller} the account that signs for her ({})",
				hyphenated(cause.name())
			)
		}
		Kind::HpkeKeyRotated => "changed her HPKE key".to_string(),
		Kind::CaregiverNamed { caregiver } => format!("named {caregiver} as a caregiver"),
		Kind::CaregiverRemoved { caregiver } => format!("ended {caregiver}'s part as a caregiver"),
		Kind::PatientsMerged { from, into, with } => format!("merged patient {from} into patient {into}, with {with}"),
		Kind::PatientsUnmerged { from, into, with } => {
			format!("took back the merge of patient {from} into patient {into}, with {with}")
		}
		Kind::PatientDeceased { at, with } => format!("noted her death at {}, with {with}", show_moment(*at)),
		Kind::DeathRetracted { with } => format!("took back the note of her death, with {with}"),
		Kind::GuardianshipProposed { guardian, with } => format!("proposed {guardian} as a guardian, with {with}"),
		Kind::GuardianshipChanged { guardian, change } => {
			format!("guardianship of {guardian}: {}", hyphenated(change.name()))
		}
		Kind::RecoveryProposed { controller, with } => {
			format!("began a recovery to the account {controller}, with {with}")
		}
		Kind::RecoveryChanged { change } => format!("recovery of her key: {}", hyphenated(change.name())),
		Kind::RecoveryContactsSet => "set her recovery contacts".to_string(),
		Kind::RecoveryBegunByContacts { controller } => {
			format!("sent what her contacts signed: they begin a recovery to the account {controller}")
		}
		Kind::DeathChanged { change } => format!("note of her death: {}", hyphenated(change.name())),
		Kind::AppointmentProposed { appointment } => format!("asked for appointment {appointment}"),
		Kind::AppointmentBooked { appointment } => format!("booked appointment {appointment}"),
		Kind::AppointmentRescheduled { appointment } => format!("rescheduled appointment {appointment}"),
		Kind::AppointmentCancelled { appointment, reason } => {
			format!("cancelled appointment {appointment} ({})", hyphenated(reason.name()))
		}
		Kind::AppointmentArrived { appointment } => format!("noted her arrival for appointment {appointment}"),
		Kind::AppointmentFulfilled { appointment } => format!("noted that appointment {appointment} took place"),
		Kind::AppointmentNoShow { appointment } => format!("noted that she did not come to appointment {appointment}"),
		Kind::ConsultationJoined { appointment } => {
			format!("joined the tele-consultation of appointment {appointment}")
		}
		Kind::ConsultationRefused { appointment, reason } => {
			format!(
				"was kept from joining the tele-consultation of appointment {appointment} ({})",
				reason.name()
			)
		}
		Kind::ConsultationEnded { appointment } => format!("ended the tele-consultation of appointment {appointment}"),
	}
}
