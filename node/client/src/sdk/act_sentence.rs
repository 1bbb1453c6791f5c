//! What an act of two officers does, as one plain sentence: shown to each of them before she signs.

use chrono::DateTime;
use salus_primitives::{ActionSet, Addresses, Grantee, HpkeKey, InstitutionId, Moment, PeerIds};
use sp_io::hashing::blake2_256;

use super::{
	peers::{show_address, show_peer},
	sentence::{grant, listed, time, verb, Voice},
	words, Act, GuardianshipTerms,
};

/// What an officer is about to do with an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
	/// Propose it.
	Propose,
	/// Confirm it, which carries it out.
	Confirm,
	/// Take it back.
	Withdraw,
}

/// What she signs.
pub fn signing(step: Step, act: &Act, institution: InstitutionId) -> String {
	let begins = match step {
		Step::Propose => "You propose",
		Step::Confirm => "You confirm",
		Step::Withdraw => "You take back the proposal",
	};
	format!("{begins} that {}.", clause(act, institution))
}

/// What waits for a second officer.
pub fn waiting(act: &Act, institution: InstitutionId) -> String {
	let clause = clause(act, institution);
	let mut letters = clause.chars();
	let first = letters.next().map(|letter| letter.to_uppercase().to_string());
	format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn clause(act: &Act, institution: InstitutionId) -> String {
	let here = format!("institution {institution}");
	match act {
		Act::NameRegistrar(account) => {
			format!("account {account} attests applications to {here} from now on, and no earlier registrar does")
		}
		Act::RemoveRegistrar => {
			format!("{here} has no registrar any more, and its officers take applications themselves")
		}
		Act::AddOfficer(account) => format!(
			"account {account} becomes an officer of {here}, who signs vouchers, decides about credentials and acts with another officer"
		),
		Act::RemoveOfficer(account) => format!("account {account} is no officer of {here} any more"),
		Act::ChangeHpkeKey(key) => format!(
			"{here} announces {}, to which the keys of its records will be wrapped; it comes into force after 24 hours",
			named(key)
		),
		Act::ChangeNodes { peer_ids, addresses } => format!(
			"{here} announces {}, in place of those it has; this comes into force after 24 hours",
			nodes(peer_ids, addresses)
		),
		Act::ChangeAdmissionTerms(terms) => {
			let grant = grant(&Grantee::Assigned(institution), terms, Voice::OfThePatient);
			let grant = grant.trim_end_matches('.').replacen("The patient", "each new patient", 1);
			format!("vouchers of {here} that are not used yet are void, and from now on {grant}")
		}
		Act::ChangeValidator(Some(account)) => format!(
			"account {account} becomes the validator of {here}, and the session keys of an earlier one are purged"
		),
		Act::ChangeValidator(None) => format!("{here} gives up its validator, whose session keys are purged"),
		Act::RegisterOnPaper {
			identified, majority, ..
		} => {
			let who = match (identified, majority) {
				(true, None) => "a patient whom you know".into(),
				(false, None) => "a patient of whom you don't know who she is".into(),
				(true, Some(majority)) => format!("a minor whom you know and who comes of age in {}", month(*majority)),
				(false, Some(majority)) => format!(
					"a minor of whom you don't know who she is and who comes of age in {}",
					month(*majority)
				),
			};
			format!("{who} is registered at {here} on paper, and nobody signs for her until she claims her id")
		}
		Act::Identify { patient, majority, .. } => {
			let of_age = majority.map(|majority| {
				format!(
					": a minor who comes of age in {}, with which her guardianships end",
					month(majority)
				)
			});
			format!("it is known now who patient {patient} is{}", of_age.unwrap_or_default())
		}
		Act::ReinstateCredential(account) => format!(
			"the suspended credential of account {account} at {here} counts again, even if a violation was found with it"
		),
		Act::Claim {
			patient, controller, ..
		} => format!("patient {patient} has a key of her own, and account {controller} signs for her from now on"),
		Act::Merge {
			from,
			into,
			from_signature,
			into_signature,
			..
		} => {
			let agreed = match (from_signature, into_signature) {
				(None, None) => "",
				(Some(_), Some(_)) => ", as she agreed by both her keys",
				_ => ", as she agreed by the one key that she has",
			};
			format!(
				"patient {from} and patient {into} are one person, who goes on under id {into}{agreed}; id {from} is closed, which can be taken back for 30 days"
			)
		}
		Act::Unmerge { from } => {
			format!("patient {from} is somebody else than the patient into whose id hers was merged")
		}
		Act::NoteDeath { patient, at } => format!("patient {patient} died on {}", time(*at)),
		Act::RetractDeath { patient } => format!("patient {patient} did not die, as was noted in error"),
		Act::GiveGuardian { patient, terms, .. } => guardianship(*patient, terms),
		Act::EndGuardian { patient, guardian } => format!(
			"account {guardian} is no guardian and no executor of patient {patient} any more, and never comes back"
		),
		Act::ContestGuardian { patient, guardian } => format!(
			"patient {patient}, who has no device, contests her guardian, account {guardian}, who does nothing for her until the council decides"
		),
		Act::BeginRecovery {
			patient,
			controller,
			lost_at,
			..
		} => format!(
			"patient {patient} has not had her key since {}, so that what was granted since is suspended until she confirms it, and the council may let account {controller} sign for her, after seven days at the earliest",
			time(*lost_at)
		),
		Act::NameCaregiver { patient, caregiver, .. } => format!(
			"patient {patient}, who has no device, names account {caregiver} as her caregiver, which sees nothing until she gives it a grant"
		),
		Act::RemoveCaregiver { patient, caregiver } => format!(
			"account {caregiver} is no caregiver of patient {patient} any more, and never comes back"
		),
	}
}

fn guardianship(patient: u64, terms: &GuardianshipTerms) -> String {
	let documents = (terms.actions != ActionSet::EMPTY)
		.then(|| listed(terms.actions.iter().map(verb)))
		.flatten()
		.map(|verbs| format!("{verbs} the patient's documents"));
	let consents = terms
		.consents
		.then(|| "grant, deny and revoke in the patient's place".to_string());
	let may = listed(documents.into_iter().chain(consents)).unwrap_or_else(|| "do nothing".into());
	let part = if terms.executor { "executor" } else { "guardian" };
	format!(
		"account {} becomes {part} of patient {patient} until {} and may {may}; unless the patient was registered as a minor, objections are heard for 72 hours first",
		terms.guardian,
		month(terms.ends),
	)
}

/// A key as an officer compares it with her colleague's.
fn named(key: &HpkeKey) -> String {
	match key {
		HpkeKey::X25519(key) => format!("the X25519 key {}", words::hex(key)),
		HpkeKey::XWing(key) => format!(
			"the X-Wing key with the Blake2b-256 hash {}",
			words::hex(blake2_256(key))
		),
	}
}

fn nodes(peer_ids: &PeerIds, addresses: &Addresses) -> String {
	let peers = listed(peer_ids.iter().map(|id| show_peer(id)));
	let addresses = listed(addresses.iter().map(|address| show_address(address)));
	match (peers, addresses) {
		(None, None) => "that it has no nodes".into(),
		(Some(peers), None) => format!("the peers {peers} without addresses"),
		(None, Some(addresses)) => format!("no peers, and the addresses {addresses}"),
		(Some(peers), Some(addresses)) => format!("the peers {peers} at {addresses}"),
	}
}

/// `May 2031`, where the moment is the beginning of a month.
fn month(at: Moment) -> String {
	let date = i64::try_from(at).ok().and_then(DateTime::from_timestamp_millis);
	match date {
		Some(date) if words::month(&date.format("%Y-%m").to_string()) == Ok(at) => date.format("%B %Y").to_string(),
		_ => time(at),
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{AccountId, Hash, Signature};
	use salus_primitives::{Action, Category, CategorySet, Purpose, PurposeSet, Terms};

	fn ada() -> AccountId {
		AccountId::from([0xd4; 32])
	}

	fn said(act: &Act) -> String {
		let said = signing(Step::Propose, act, 3);
		assert!(said.starts_with("You propose that ") && said.ends_with('.'), "{said}");
		said
	}

	fn key() -> Signature {
		Signature::Sr25519([0; 64])
	}

	/// Of ids 7 and 8, signed so.
	fn merge([from_signature, into_signature]: [Option<Signature>; 2]) -> Act {
		Act::Merge {
			from: 7,
			into: 8,
			not_after: 9,
			from_signature,
			into_signature,
		}
	}

	fn guardian(terms: GuardianshipTerms) -> String {
		said(&Act::GiveGuardian {
			patient: 7,
			terms,
			signature: Signature::Sr25519([0; 64]),
		})
	}

	#[test]
	fn each_step_is_said_as_what_it_is() {
		let act = Act::RemoveOfficer(ada());
		let clause = format!("account {} is no officer of institution 3 any more.", ada());
		assert_eq!(signing(Step::Propose, &act, 3), format!("You propose that {clause}"));
		assert_eq!(signing(Step::Confirm, &act, 3), format!("You confirm that {clause}"));
		assert_eq!(
			signing(Step::Withdraw, &act, 3),
			format!("You take back the proposal that {clause}")
		);
		assert_eq!(waiting(&act, 3), clause.replacen("account", "Account", 1));
	}

	#[test]
	fn a_patient_on_paper_is_told_by_what_is_known_of_her() {
		let majority = words::month("2031-05").unwrap();
		let paper = |identified, majority| {
			said(&Act::RegisterOnPaper {
				evidence: Hash::zero(),
				identified,
				majority,
			})
		};
		let known = paper(true, None);
		assert!(known.contains("a patient whom you know is registered at institution 3 on paper"));
		assert!(paper(false, None).contains("don't know who she is is registered"));
		assert!(paper(true, Some(majority)).contains("a minor whom you know and who comes of age in May 2031"));
		// What the chain would refuse is told as it is, not rounded to a month.
		assert!(paper(true, Some(majority + 1)).contains("in 1 May 2031 00:00:00.001 UTC"));
	}

	#[test]
	fn a_guardianship_is_told_with_its_scope_and_its_end() {
		let terms = GuardianshipTerms {
			guardian: ada(),
			executor: false,
			actions: ActionSet::of(&[Action::View, Action::Share]),
			consents: true,
			ends: words::month("2031-05").unwrap(),
			evidence: Hash::zero(),
		};
		let full = guardian(terms.clone());
		assert!(
			full.contains(&format!(
				"account {} becomes guardian of patient 7 until May 2031 and may view and share the patient's documents \
				 and grant, deny and revoke in the patient's place",
				ada()
			)),
			"{full}"
		);
		let executor = guardian(GuardianshipTerms {
			executor: true,
			consents: false,
			..terms.clone()
		});
		assert!(
			executor.contains("becomes executor") && !executor.contains("grant"),
			"{executor}"
		);
		let nothing = guardian(GuardianshipTerms {
			actions: ActionSet::EMPTY,
			consents: false,
			..terms
		});
		assert!(nothing.contains("may do nothing"), "{nothing}");
	}

	#[test]
	fn what_an_institution_announces_can_be_compared() {
		let key = said(&Act::ChangeHpkeKey(HpkeKey::X25519([7; 32])));
		assert!(
			key.contains(&format!("the X25519 key {}", words::hex([7; 32]))),
			"{key}"
		);
		let hybrid = |byte| {
			said(&Act::ChangeHpkeKey(HpkeKey::XWing(
				vec![byte; 1_216].try_into().unwrap(),
			)))
		};
		assert_ne!(hybrid(1), hybrid(2));
		let none = said(&Act::ChangeNodes {
			peer_ids: Default::default(),
			addresses: Default::default(),
		});
		assert!(none.contains("that it has no nodes"), "{none}");
	}

	#[test]
	fn admission_terms_are_told_as_a_grant() {
		let terms = Terms {
			actions: ActionSet::of(&[Action::View]),
			purposes: PurposeSet::of(&[Purpose::Treatment]),
			categories: CategorySet::of(&[Category::Laboratory]),
			ends: Moment::MAX,
			..Terms::none()
		};
		let said = said(&Act::ChangeAdmissionTerms(terms));
		assert!(
			said.contains("from now on each new patient lets whoever is assigned to the patient at institution 3 view"),
			"{said}"
		);
		assert!(!said.contains(".."), "{said}");
	}

	#[test]
	fn each_other_act_names_whom_it_is_about() {
		let (account, other) = (ada(), AccountId::from([1; 32]));
		let hpke = HpkeKey::X25519([7; 32]);
		let signature = Signature::Sr25519([0; 64]);
		let named = [
			(Act::NameRegistrar(account), "attests applications"),
			(Act::AddOfficer(account), "becomes an officer of institution 3"),
			(Act::ChangeValidator(Some(account)), "becomes the validator"),
			(
				Act::Claim {
					patient: 7,
					controller: account,
					hpke: hpke.clone(),
					signature: signature.clone(),
				},
				"patient 7 has a key of her own",
			),
			(
				Act::EndGuardian {
					patient: 7,
					guardian: account,
				},
				"of patient 7 any more",
			),
			(
				Act::ContestGuardian {
					patient: 7,
					guardian: account,
				},
				"until the council decides",
			),
			(
				Act::BeginRecovery {
					patient: 7,
					controller: account,
					hpke,
					evidence: Hash::zero(),
					lost_at: 1_795_249_800_000,
					signature: signature.clone(),
				},
				"patient 7 has not had her key since 21 November 2026 08:30 UTC, so that what was granted since is suspended",
			),
			(
				Act::NameCaregiver {
					patient: 7,
					caregiver: account,
					signature,
				},
				"patient 7, who has no device, names account",
			),
			(
				Act::RemoveCaregiver {
					patient: 7,
					caregiver: account,
				},
				"no caregiver of patient 7 any more",
			),
			(Act::ReinstateCredential(account), "at institution 3 counts again"),
		];
		for (act, wanted) in named {
			let said = said(&act);
			assert!(said.contains(wanted) && said.contains(&account.to_string()), "{said}");
			assert!(!said.contains(&other.to_string()), "{said}");
		}
		for (act, wanted) in [
			(Act::RemoveRegistrar, "institution 3 has no registrar any more"),
			(Act::ChangeValidator(None), "institution 3 gives up its validator"),
			(
				Act::Identify {
					patient: 7,
					evidence: Hash::zero(),
					majority: None,
				},
				"who patient 7 is.",
			),
			(
				Act::Identify {
					patient: 7,
					evidence: Hash::zero(),
					majority: words::month("2031-05").ok(),
				},
				"who patient 7 is: a minor who comes of age in May 2031",
			),
			(merge([None, None]), "goes on under id 8; id 7 is closed"),
			(
				merge([Some(key()), None]),
				"under id 8, as she agreed by the one key that she has; id 7",
			),
			(
				merge([Some(key()), Some(key())]),
				"under id 8, as she agreed by both her keys; id 7",
			),
			(Act::Unmerge { from: 7 }, "patient 7 is somebody else"),
			(
				Act::NoteDeath {
					patient: 7,
					at: 1_795_249_800_000,
				},
				"patient 7 died on 21 November 2026 08:30 UTC",
			),
			(Act::RetractDeath { patient: 7 }, "patient 7 did not die"),
		] {
			let said = said(&act);
			assert!(said.contains(wanted), "{said}");
		}
	}
}
