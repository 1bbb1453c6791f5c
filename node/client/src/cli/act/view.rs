//! Acts, as JSON.

use serde_json::{json, Value};

use super::super::view::{account, hpke, terms};
use crate::sdk::{
	peers::{show_address, show_peer},
	words::{hex, number},
	Act, ProposedAct,
};

/// An act that waits.
pub(super) fn proposed(proposed: &ProposedAct) -> Value {
	json!({
		"hash": hex(proposed.act.hash()),
		"act": act(&proposed.act),
		"proposer": account(&proposed.proposer),
		"until": number(proposed.until),
	})
}

/// An act: its name, and its fields by theirs.
pub(super) fn act(act: &Act) -> Value {
	let mut fields = match act {
		Act::RemoveRegistrar => json!({}),
		Act::NameRegistrar(one) | Act::AddOfficer(one) | Act::RemoveOfficer(one) | Act::ReinstateCredential(one) => {
			json!({ "account": account(one) })
		}
		Act::ChangeHpkeKey(key) => json!({ "hpke": hpke(key) }),
		Act::ChangeNodes { peer_ids, addresses } => json!({
			"peerIds": peer_ids.iter().map(|id| show_peer(id)).collect::<Vec<_>>(),
			"addresses": addresses.iter().map(|address| show_address(address)).collect::<Vec<_>>(),
		}),
		Act::ChangeAdmissionTerms(admission) => json!({ "admissionTerms": terms(admission) }),
		Act::ChangeValidator(validator) => json!({ "validator": validator.as_ref().map(account) }),
		Act::RegisterOnPaper {
			evidence,
			identified,
			majority,
		} => json!({
			"evidence": hex(evidence),
			"identified": identified,
			"majority": majority.map(number),
		}),
		Act::Identify {
			patient,
			evidence,
			majority,
		} => json!({
			"patient": number(*patient),
			"evidence": hex(evidence),
			"majority": majority.map(number),
		}),
		Act::Claim {
			patient,
			controller,
			hpke: key,
			..
		} => json!({
			"patient": number(*patient),
			"controller": account(controller),
			"hpke": hpke(key),
		}),
		Act::Merge {
			from,
			into,
			not_after,
			from_signature,
			into_signature,
		} => json!({
			"from": number(*from),
			"into": number(*into),
			"notAfter": number(*not_after),
			"fromAgrees": from_signature.is_some(),
			"intoAgrees": into_signature.is_some(),
		}),
		Act::Unmerge { from } => json!({ "from": number(*from) }),
		Act::NoteDeath { patient, at } => json!({ "patient": number(*patient), "at": number(*at) }),
		Act::RetractDeath { patient } => json!({ "patient": number(*patient) }),
		Act::GiveGuardian { patient, terms, .. } => json!({
			"patient": number(*patient),
			"guardian": account(&terms.guardian),
			"executor": terms.executor,
			"actions": terms.actions.iter().map(|action| action.name()).collect::<Vec<_>>(),
			"consents": terms.consents,
			"ends": number(terms.ends),
			"evidence": hex(terms.evidence),
		}),
		Act::EndGuardian { patient, guardian } | Act::ContestGuardian { patient, guardian } => {
			json!({ "patient": number(*patient), "guardian": account(guardian) })
		}
		Act::BeginRecovery {
			patient,
			controller,
			hpke: key,
			evidence,
			lost_at,
			..
		} => json!({
			"patient": number(*patient),
			"controller": account(controller),
			"hpke": hpke(key),
			"evidence": hex(evidence),
			"lostAt": number(*lost_at),
		}),
		Act::NameCaregiver { patient, caregiver, .. } | Act::RemoveCaregiver { patient, caregiver } => {
			json!({ "patient": number(*patient), "caregiver": account(caregiver) })
		}
	};
	if let Some(fields) = fields.as_object_mut() {
		fields.insert("type".into(), act.name().into());
	}
	fields
}
