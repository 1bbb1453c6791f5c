//! What is read from the chain, as JSON and as lines for people.

use salus_primitives::{
	Basis, ConsentRequest, Credential, Decision, Denial, DenialTerms, Grant, Grantee, Institution, Moment, Patient,
	PatientId, Record, RecordId, RecordStatus, Terms,
};
use salus_vault::unixfs::parse_cid;
use serde_json::{json, Value};

use crate::sdk::{
	words::{hex, hyphenated, number, show_grantee, show_moment},
	AccountId, Reader,
};

pub(crate) fn optional(value: Option<u64>) -> Value {
	value.map_or(Value::Null, number)
}

pub(crate) fn account(account: &AccountId) -> Value {
	Value::String(account.to_string())
}

/// Something of a patient, on a list that runs across patients.
pub(crate) fn of(patient: PatientId, mut item: Value) -> Value {
	if let Some(fields) = item.as_object_mut() {
		fields.insert("patient".into(), number(patient));
	}
	item
}

pub(crate) fn institution(id: u32, entry: &Institution<AccountId>) -> Value {
	json!({
		"id": id,
		"kind": entry.kind.name(),
		"region": String::from_utf8_lossy(&entry.region),
		"timeZone": String::from_utf8_lossy(&entry.time_zone),
		"status": entry.status.name(),
		"officers": entry.officers.iter().map(account).collect::<Vec<_>>(),
		"seat": entry.seat.as_ref().map(account),
		"validator": entry.validator.as_ref().map(account),
		"hpke": hpke(&entry.hpke),
		"admissionTerms": terms(&entry.admission_terms),
	})
}

pub(crate) fn hpke(key: &salus_primitives::HpkeKey) -> Value {
	match key {
		salus_primitives::HpkeKey::X25519(key) => json!({ "x25519": hex(key) }),
		salus_primitives::HpkeKey::XWing(key) => json!({ "xWing": hex(key) }),
	}
}

pub(crate) fn credential(credential: &Credential) -> Value {
	json!({
		"role": credential.role.name(),
		"licence": hex(credential.licence),
		"speciality": hex(credential.speciality),
		"validFrom": number(credential.valid_from),
		"validUntil": number(credential.valid_until),
		"status": credential.status.name(),
	})
}

pub(crate) fn patient(id: u64, entry: &Patient<AccountId>) -> Value {
	json!({
		"id": number(id),
		"institution": entry.institution,
		"controller": entry.controller.as_ref().map(account),
		"hpke": entry.hpke.as_ref().map(hpke),
		"status": format!("{:?}", entry.status),
	})
}

pub(crate) fn cid(bytes: &[u8]) -> String {
	parse_cid(bytes).map_or_else(|_| hex(bytes), |cid| cid.to_string())
}

pub(crate) fn record(id: RecordId, record: &Record<AccountId>) -> Value {
	json!({
		"id": number(id),
		"patient": number(record.patient),
		"author": account(&record.author),
		"custodian": record.custodian,
		"origin": record.origin.name(),
		"category": record.category.name(),
		"compartment": record.compartment,
		"media": record.media.name(),
		"cid": cid(&record.cid),
		"sha256": hex(record.sha256),
		"tree": hex(record.tree),
		"size": number(record.size),
		"recordedAt": number(record.recorded_at),
		"registeredAt": number(record.registered_at),
		"relatesTo": record.relates_to.map(|(relation, target)| json!({ "relation": relation.name(), "record": number(target) })),
		"docStatus": record.doc_status.name(),
		"status": status(&record.status),
		"previous": optional(record.previous),
	})
}

pub(crate) fn status(status: &RecordStatus) -> Value {
	match status {
		RecordStatus::Superseded(by) => json!({ "type": "Superseded", "by": number(*by) }),
		RecordStatus::EnteredInError(reason) => json!({ "type": "EnteredInError", "reason": reason.name() }),
		other => json!({ "type": format!("{other:?}") }),
	}
}

pub(crate) fn record_line(id: RecordId, record: &Record<AccountId>) -> String {
	let status = match record.status {
		RecordStatus::Current => "current".to_string(),
		RecordStatus::Superseded(by) => format!("superseded by {by}"),
		RecordStatus::EnteredInError(reason) => format!("entered in error ({})", hyphenated(reason.name())),
		RecordStatus::Restricted => "restricted".into(),
		RecordStatus::Erasing => "being erased".into(),
		RecordStatus::Erased => "erased".into(),
	};
	let drawer = record
		.compartment
		.map(|drawer| format!(", drawer {drawer}"))
		.unwrap_or_default();
	format!(
		"record {id}: {} ({}), {} of {}, kept by institution {}{drawer}, {status}",
		hyphenated(record.category.name()),
		hyphenated(record.media.name()),
		show_moment(record.recorded_at),
		record.author,
		record.custodian,
	)
}

pub(crate) fn terms(terms: &Terms) -> Value {
	json!({
		"actions": terms.actions.iter().map(|item| item.name()).collect::<Vec<_>>(),
		"purposes": terms.purposes.iter().map(|item| item.name()).collect::<Vec<_>>(),
		"categories": terms.categories.iter().map(|item| item.name()).collect::<Vec<_>>(),
		"records": terms.records.iter().copied().map(number).collect::<Vec<_>>(),
		"compartments": terms.compartments.to_vec(),
		"recordedFrom": optional(terms.recorded_from),
		"recordedUntil": optional(terms.recorded_until),
		"starts": number(terms.starts),
		"ends": number(terms.ends),
		"uses": terms.uses,
		"eraseAfter": optional(terms.erase_after),
		"outlives": terms.outlives,
	})
}

pub(crate) fn terms_line(terms: &Terms) -> String {
	let list = |words: Vec<&'static str>| words.into_iter().map(hyphenated).collect::<Vec<_>>().join(", ");
	let mut line = format!(
		"{} for {} on {}, {} to {}",
		list(terms.actions.iter().map(|item| item.name()).collect()),
		list(terms.purposes.iter().map(|item| item.name()).collect()),
		list(terms.categories.iter().map(|item| item.name()).collect()),
		show_moment(terms.starts),
		show_moment(terms.ends),
	);
	if !terms.records.is_empty() {
		let records: Vec<_> = terms.records.iter().map(ToString::to_string).collect();
		line.push_str(&format!(", records {} only", records.join(", ")));
	}
	if !terms.compartments.is_empty() {
		let drawers: Vec<_> = terms.compartments.iter().map(ToString::to_string).collect();
		line.push_str(&format!(", drawers {} too", drawers.join(", ")));
	}
	if let Some(from) = terms.recorded_from {
		line.push_str(&format!(", of {} or later", show_moment(from)));
	}
	if let Some(until) = terms.recorded_until {
		line.push_str(&format!(", of before {}", show_moment(until)));
	}
	if let Some(uses) = terms.uses {
		line.push_str(&format!(", {uses} times at most"));
	}
	if terms.outlives {
		line.push_str(", also after the patient's death");
	}
	line
}

pub(crate) fn grant(grantee: &Grantee<AccountId>, grant: &Grant<AccountId>) -> Value {
	json!({
		"id": number(grant.id),
		"grantee": show_grantee(grantee),
		"terms": terms(&grant.terms),
		"usesLeft": grant.uses_left,
		"givenAt": number(grant.given_at),
		"givenBy": account(&grant.given_by),
		"request": optional(grant.request),
		"revokedAt": optional(grant.revoked_at),
	})
}

pub(crate) fn grant_line(grantee: &Grantee<AccountId>, grant: &Grant<AccountId>, now: Moment) -> String {
	let state = match (grant.revoked_at, grant.uses_left) {
		(Some(at), _) => format!("revoked {}", show_moment(at)),
		(None, Some(0)) => "used up".into(),
		_ if grant.terms.ends <= now => "ended".into(),
		_ if grant.terms.starts > now => "not begun".into(),
		(None, Some(left)) => format!("live, {left} uses left"),
		_ => "live".into(),
	};
	format!(
		"grant {} to {} ({state}): {}",
		grant.id,
		show_grantee(grantee),
		terms_line(&grant.terms)
	)
}

pub(crate) fn request(requester: &AccountId, request: &ConsentRequest) -> Value {
	json!({
		"id": number(request.id),
		"requester": account(requester),
		"institution": request.institution,
		"terms": terms(&request.terms),
		"askedAt": number(request.asked_at),
		"expiresAt": number(request.expires_at),
	})
}

pub(crate) fn request_line(requester: &AccountId, request: &ConsentRequest, now: Moment) -> String {
	let state = if request.expires_at <= now { "expired" } else { "open" };
	format!(
		"request {} of {requester} at institution {} ({state}): {}",
		request.id,
		request.institution,
		terms_line(&request.terms)
	)
}

pub(crate) fn denial(denial: &Denial<AccountId>) -> Value {
	json!({
		"id": number(denial.id),
		"madeAt": number(denial.made_at),
		"terms": denial_terms(&denial.terms),
	})
}

pub(crate) fn denial_terms(terms: &DenialTerms<AccountId>) -> Value {
	json!({
		"account": terms.account.as_ref().map(account),
		"institution": terms.institution,
		"role": terms.role.map(|role| role.name()),
		"category": terms.category.map(|category| category.name()),
		"compartment": terms.compartment,
		"source": terms.source,
		"recordedFrom": optional(terms.recorded_from),
		"recordedUntil": optional(terms.recorded_until),
		"record": optional(terms.record),
	})
}

pub(crate) fn denial_line(denial: &Denial<AccountId>) -> String {
	let DenialTerms {
		account,
		institution,
		role,
		category,
		compartment,
		source,
		recorded_from,
		recorded_until,
		record,
	} = &denial.terms;
	let parts: Vec<String> = [
		account.map(|account| format!("account {account}")),
		institution.map(|id| format!("whoever acts at institution {id}")),
		role.map(|role| format!("role {}", hyphenated(role.name()))),
		category.map(|category| format!("category {}", hyphenated(category.name()))),
		compartment.map(|drawer| format!("drawer {drawer}")),
		source.map(|id| format!("records kept by institution {id}")),
		recorded_from.map(|at| format!("of {} or later", show_moment(at))),
		recorded_until.map(|at| format!("of before {}", show_moment(at))),
		record.map(|id| format!("record {id}")),
	]
	.into_iter()
	.flatten()
	.collect();
	let what = if parts.is_empty() {
		"everything".to_string()
	} else {
		parts.join(", ")
	};
	format!("denial {}: {what}", denial.id)
}

pub(crate) fn decision(decision: &Decision) -> Value {
	match decision {
		Decision::Permit(basis) => json!({ "permit": basis_json(basis) }),
		Decision::Deny(reason) => json!({ "deny": reason.name() }),
	}
}

pub(crate) fn basis_json(basis: &Basis) -> Value {
	match basis {
		Basis::Grant(grant) => json!({ "type": "Grant", "grant": number(*grant) }),
		Basis::BreakGlass(case) => json!({ "type": "BreakGlass", "case": number(*case) }),
		other => json!({ "type": format!("{other:?}") }),
	}
}

pub(crate) fn basis_words(basis: &Basis) -> String {
	match basis {
		Basis::Subject => "as the patient".into(),
		Basis::Guardian => "as her guardian".into(),
		Basis::Author => "as the author".into(),
		Basis::Assignment => "by her assignment".into(),
		Basis::Grant(grant) => format!("by grant {grant}"),
		Basis::BreakGlass(case) => format!("by break-glass case {case}"),
	}
}

pub(crate) fn decision_line(decision: &Decision) -> String {
	match decision {
		Decision::Permit(basis) => format!("permitted {}", basis_words(basis)),
		Decision::Deny(reason) => format!("refused ({})", reason.name()),
	}
}

pub(crate) fn readers(readers: &[Reader]) -> Vec<Value> {
	let reader = |reader: &Reader| {
		json!({
			"account": account(&reader.account),
			"times": number(reader.times),
			"first": number(reader.first),
			"last": number(reader.last),
			"purposes": reader.purposes.iter().map(|purpose| purpose.name()).collect::<Vec<_>>(),
			"bases": reader.bases.iter().map(basis_json).collect::<Vec<_>>(),
			"receipts": reader.receipts.iter().copied().map(number).collect::<Vec<_>>(),
		})
	};
	readers.iter().map(reader).collect()
}

/// Who was permitted to read a record; `when` ends the sentence.
pub(crate) fn reader_lines(readers: &[Reader], author: &AccountId, when: &str) -> Vec<String> {
	if readers.is_empty() {
		return vec!["nobody was permitted to read it".into()];
	}
	let reader = |reader: &Reader| {
		let list = |words: Vec<String>| words.join(", ");
		let is_author = if reader.account == *author { " (its author)" } else { "" };
		let times = match reader.times {
			1 => format!("once, {}", show_moment(reader.first)),
			times => format!(
				"{times} times, {} to {}",
				show_moment(reader.first),
				show_moment(reader.last)
			),
		};
		format!(
			"  {}{is_author}: {times}, for {}, {} (receipts {})",
			reader.account,
			list(
				reader
					.purposes
					.iter()
					.map(|purpose| hyphenated(purpose.name()))
					.collect()
			),
			list(reader.bases.iter().map(basis_words).collect()),
			list(reader.receipts.iter().map(ToString::to_string).collect()),
		)
	};
	let mut lines = vec![format!("were permitted to read it{when}:")];
	lines.extend(readers.iter().map(reader));
	lines.push("a permit does not prove that the document was opened".into());
	lines
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::Purpose;

	#[test]
	fn readers_are_told_to_people_and_to_programs() {
		let author = AccountId::from([1; 32]);
		assert_eq!(
			reader_lines(&[], &author, " before"),
			["nobody was permitted to read it"]
		);
		let reader = |byte, times| Reader {
			account: AccountId::from([byte; 32]),
			times,
			first: 1_000,
			last: 2_000,
			purposes: vec![Purpose::Treatment, Purpose::PublicHealth],
			bases: vec![Basis::Grant(4)],
			receipts: vec![10, 14],
		};
		let both = [reader(1, 1), reader(2, 2)];
		let lines = reader_lines(&both, &author, " before").join("\n");
		for wanted in [
			"were permitted to read it before:",
			"(its author): once, 1970-01-01T00:00:01Z, for treatment, public-health, by grant 4 (receipts 10, 14)",
			": 2 times, 1970-01-01T00:00:01Z to 1970-01-01T00:00:02Z",
			"a permit does not prove",
		] {
			assert!(lines.contains(wanted), "{wanted} is missing: {lines}");
		}
		let both = Value::from(readers(&both));
		assert_eq!(
			both.get(1).and_then(|reader| reader.get("times")),
			Some(&Value::from(2))
		);
	}
}
