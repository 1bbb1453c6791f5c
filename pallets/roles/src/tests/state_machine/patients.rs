//! What is done by patients, for them and about them.

use super::{Call, NAMES};
use crate::{
	mock::*,
	tests::paper::{on_paper, EVIDENCE, MAY_2030},
	Act, CaregiversOf, Contacts, ContactsCommitment, ContactsOf, GuardiansOf, GuardianshipTerms, KeyLosses, KinOf,
	Patients, Recoveries, Vouching, RECOVERY_LIFETIME, RECOVERY_NOTICE,
};
use salus_primitives::{contacts_commitment, ActionSet, Capacity, HpkeKey, Moment, PatientId, PatientStatus, HOUR};
use sp_runtime::{AccountId32, MultiSignature};

/// What a patient, or who acts for her, does: by the number of the call.
pub(super) fn own(who: &AccountId32, other: usize, call: u8, key: u8, patient: PatientId) -> Call {
	let own = Roles::patient_of(who).unwrap_or(patient);
	let guardian = || {
		GuardiansOf::<Test>::get(own)
			.first()
			.map_or(id(NAMES[other]), |one| one.guardian.clone())
	};
	let caregiver = || {
		CaregiversOf::<Test>::get(own)
			.first()
			.map_or(id(NAMES[other]), Clone::clone)
	};
	let contacts = || Contacts::truncate_from(vec![id("friend")]);
	match call {
		0 => Call::rotate_keys {
			controller: Some((id(NAMES[other]), accepts(NAMES[other], own, Capacity::Controller, None))),
			hpke: None,
		},
		1 => Call::rotate_keys {
			controller: None,
			hpke: Some(hpke(key)),
		},
		2 | 3 => Call::name_caregiver {
			caregiver: id(NAMES[other]),
			signature: accepts(NAMES[other], own, Capacity::Caregiver, None),
		},
		4 => Call::remove_caregiver {
			patient: own,
			caregiver: caregiver(),
		},
		5 => Call::object_to_guardian {
			patient: own,
			guardian: guardian(),
		},
		6 => Call::contest_guardian { guardian: guardian() },
		7 => Call::resign_guardian {
			patient: KinOf::<Test>::get(who).unwrap_or(patient),
		},
		8 => Call::set_recovery_contacts {
			contacts: Some(ContactsCommitment {
				threshold: 1,
				commitment: contacts_commitment(&[1; 32], 1, &contacts()),
			}),
		},
		9 => Call::object_to_recovery {},
		12 => {
			let patient = ContactsOf::<Test>::iter_keys().next().unwrap_or(patient);
			let (controller, hpke) = (id(NAMES[other]), hpke(key));
			let (not_after, signatures) = vouching(patient, &controller, &hpke, START);
			Call::recover {
				patient,
				acceptance: accepts(NAMES[other], patient, Capacity::Controller, Some(&hpke)),
				controller,
				hpke,
				lost_at: START,
				not_after,
				salt: [1; 32],
				contacts: contacts(),
				signatures,
			}
		}
		13 => {
			let waits = Recoveries::<Test>::iter().find(|(_, recovery)| recovery.vouched && !recovery.objected);
			let patient = waits.map_or(patient, |(whose, recovery)| {
				// Somebody waits for it now and then.
				if key.is_multiple_of(2) {
					set_time(now().max(recovery.since + RECOVERY_NOTICE));
				}
				whose
			});
			Call::complete_recovery { patient }
		}
		14 => {
			let patient = Recoveries::<Test>::iter().next().map_or(patient, |(whose, recovery)| {
				if key.is_multiple_of(3) {
					set_time(now().max(recovery.since + RECOVERY_LIFETIME));
				}
				whose
			});
			Call::prune_recovery { patient }
		}
		15 => Call::contest_death { patient: own },
		_ => {
			let patient = Recoveries::<Test>::iter_keys().next().unwrap_or(patient);
			let keys = Recoveries::<Test>::get(patient);
			let (controller, hpke) = keys.map_or((id("nobody"), hpke(1)), |keys| (keys.controller, keys.hpke));
			let lost_at = KeyLosses::<Test>::get(patient).waiting.unwrap_or(START);
			let (not_after, signatures) = vouching(patient, &controller, &hpke, lost_at);
			Call::vouch {
				patient,
				not_after,
				salt: [1; 32],
				contacts: contacts(),
				signatures,
			}
		}
	}
}

/// The one contact signs these keys, for a day.
fn vouching(
	patient: PatientId,
	controller: &AccountId32,
	hpke: &HpkeKey,
	lost_at: Moment,
) -> (Moment, Vouching<MultiSignature>) {
	let vouch = vouch_for(patient, controller, hpke, lost_at);
	let signatures = vec![(0, vouched_by("friend", &vouch))];
	(vouch.not_after, Vouching::truncate_from(signatures))
}

/// Somebody for whom the call of this number makes sense now.
pub(super) fn aimed(call: u8) -> Option<AccountId32> {
	let controller = |patient| Roles::patient(patient).and_then(|entry| entry.controller);
	match call {
		5 | 6 => GuardiansOf::<Test>::iter_keys().find_map(controller),
		7 => GuardiansOf::<Test>::iter_values()
			.next()
			.map(|guardians| guardians[0].guardian.clone()),
		9 => Recoveries::<Test>::iter_keys().find_map(controller),
		12..=14 => Some(id("a1")),
		15 => Patients::<Test>::iter_values()
			.filter(|entry| matches!(entry.status, PatientStatus::Deceased(_)))
			.find_map(|entry| entry.controller),
		_ => None,
	}
}

/// An act about patients, by its number.
pub(super) fn about_patients(number: u8, other: usize, key: u8, patient: PatientId, second: PatientId) -> TwoOfficers {
	let account = id(NAMES[other]);
	let accepts = |capacity, key: Option<&HpkeKey>| accepts(NAMES[other], patient, capacity, key);
	match number {
		0 => on_paper(key.is_multiple_of(2), key.is_multiple_of(3).then_some(MAY_2030)),
		1 => Act::Identify {
			patient,
			evidence: EVIDENCE,
			majority: key.is_multiple_of(3).then_some(MAY_2030),
		},
		2 => Act::Claim {
			patient,
			controller: account,
			signature: accepts(Capacity::Controller, Some(&hpke(key))),
			hpke: hpke(key),
		},
		3 => merging_by((patient, None), (second, None), START),
		4 => Act::Unmerge { from: patient },
		5 => Act::NoteDeath { patient, at: START },
		6 => Act::RetractDeath { patient },
		7 => {
			let executor = key.is_multiple_of(4);
			let capacity = if executor {
				Capacity::Executor
			} else {
				Capacity::Guardian
			};
			Act::GiveGuardian {
				patient,
				signature: accepts(capacity, None),
				terms: GuardianshipTerms {
					guardian: account,
					executor,
					actions: ActionSet::EMPTY,
					consents: true,
					ends: MAY_2030,
					evidence: EVIDENCE,
				},
			}
		}
		9 => Act::EndGuardian {
			patient,
			guardian: account,
		},
		10 => Act::ContestGuardian {
			patient,
			guardian: account,
		},
		12 => Act::NameCaregiver {
			patient,
			caregiver: account,
			signature: accepts(Capacity::Caregiver, None),
		},
		13 => Act::RemoveCaregiver {
			patient,
			caregiver: account,
		},
		_ => Act::BeginRecovery {
			patient,
			controller: account,
			signature: accepts(Capacity::Controller, Some(&hpke(key))),
			hpke: hpke(key),
			evidence: EVIDENCE,
			lost_at: START + u64::from(key / 2) * HOUR,
		},
	}
}
