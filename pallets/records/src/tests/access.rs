use super::*;
use crate::{mock::*, Error, NextReceipt};
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{AccessRequest, Action, Basis, Decision, ErrorReason, Kind, Reason};

#[test]
fn a_permit_leaves_a_receipt_and_an_entry() {
	story(|| {
		let id = registered(new(ADA, 1));
		pass(7);
		assert_ok!(access(ADAS, &[id], None));
		let receipt = Records::receipt(0).unwrap();
		assert_eq!(
			(receipt.requester, receipt.on_behalf_of, receipt.patient),
			(ADAS, None, ADA)
		);
		assert_eq!((receipt.purpose, receipt.at), (Purpose::Treatment, START + 7));
		assert_eq!(
			receipt.outcomes.into_inner(),
			vec![(id, Decision::Permit(Basis::Subject))]
		);
		let kind = Kind::AccessPermitted {
			receipt: 0,
			record: id,
			purpose: Purpose::Treatment,
			basis: Basis::Subject,
		};
		let entry = AuditEntry {
			seq: 2,
			at: START + 7,
			actor: Some(ADAS),
			kind,
		};
		assert_eq!(
			events().last(),
			Some(&Event::Accessed {
				patient: ADA,
				receipt: 0,
				requester: ADAS,
				entries: list(vec![entry]),
			})
		);
	});
}

#[test]
fn a_refusal_is_no_error_and_leaves_the_same() {
	story(|| {
		let id = registered(new(ADA, 1));
		assert_ok!(access(STRANGER, &[id], Some(B)));
		let receipt = Records::receipt(0).unwrap();
		assert_eq!(
			receipt.outcomes.into_inner(),
			vec![(id, Decision::Deny(Reason::NoGrant))]
		);
		let kind = Kind::AccessRefused {
			receipt: 0,
			record: id,
			purpose: Purpose::Treatment,
			reason: Reason::NoGrant,
		};
		assert_eq!(
			last_entries(),
			vec![(
				ADA,
				AuditEntry {
					seq: 2,
					at: START,
					actor: Some(STRANGER),
					kind
				}
			)]
		);
		assert_eq!(Records::audit_head(ADA).entries, 2);
	});
}

#[test]
fn every_reason_is_written_down() {
	story(|| {
		let id = registered(new(ADA, 1));
		for reason in Reason::ALL {
			judge(move |_| Decision::Deny(reason));
			assert_ok!(access(STRANGER, &[id], Some(B)));
			let entries = last_entries();
			assert!(matches!(entries[0].1.kind, Kind::AccessRefused { reason: written, .. } if written == reason));
		}
	});
}

#[test]
fn the_engine_is_asked_about_each_record_as_it_stands() {
	story(|| {
		let first = registered(NewRecord {
			compartment: Some(4),
			recorded_at: START - 1,
			..new(ADA, 1)
		});
		registered(NewRecord {
			compartment: Some(4),
			..related(ADA, 2, Relation::Replaces, first)
		});
		asked();
		assert_ok!(access(STRANGER, &[1, 0], Some(B)));
		let questions = asked();
		assert_eq!(
			questions.iter().map(|request| request.record).collect::<Vec<_>>(),
			vec![Some(1), Some(0)]
		);
		assert_eq!(
			questions[1],
			AccessRequest {
				requester: STRANGER,
				on_behalf_of: Some(B),
				patient: ADA,
				record: Some(0),
				custodian: A,
				category: Category::Encounter,
				compartment: Some(4),
				recorded_at: START - 1,
				author: DOCTOR,
				status: Some(RecordStatus::Superseded(1)),
				action: Action::View,
				purpose: Purpose::Treatment,
			}
		);
	});
}

#[test]
fn permits_and_refusals_go_into_one_receipt_in_the_order_asked() {
	story(|| {
		let ids: Vec<_> = (0..3).map(|seed| registered(new(ADA, seed))).collect();
		judge(|request| match request.record {
			Some(1) => Decision::Deny(Reason::CategoryMismatch),
			_ => Decision::Permit(Basis::Grant(5)),
		});
		assert_ok!(access(STRANGER, &[ids[2], ids[1], ids[0]], Some(B)));
		assert_eq!(
			Records::receipt(0).unwrap().outcomes.into_inner(),
			vec![
				(2, Decision::Permit(Basis::Grant(5))),
				(1, Decision::Deny(Reason::CategoryMismatch)),
				(0, Decision::Permit(Basis::Grant(5))),
			]
		);
		let entries = last_entries();
		assert_eq!(
			entries.iter().map(|(_, entry)| entry.seq).collect::<Vec<_>>(),
			vec![4, 5, 6]
		);
	});
}

#[test]
fn one_use_of_each_grant_however_many_records_it_opens() {
	story(|| {
		let ids: Vec<_> = (0..6).map(|seed| registered(new(ADA, seed))).collect();
		judge(|request| match request.record.unwrap() {
			0 | 2 | 4 => Decision::Permit(Basis::Grant(9)),
			1 => Decision::Permit(Basis::Grant(3)),
			3 => Decision::Permit(Basis::Author),
			_ => Decision::Deny(Reason::Exhausted),
		});
		assert_ok!(access(STRANGER, &ids, Some(B)));
		assert_eq!(Taken::get(), Some(vec![3, 9]));
	});
}

#[test]
fn the_last_use_opens_all_records_of_one_call_and_none_of_the_next() {
	story(|| {
		let ids: Vec<_> = (0..3).map(|seed| registered(new(ADA, seed))).collect();
		Grants::insert((ADA, STRANGER), (1, 1));
		assert_ok!(access(STRANGER, &ids, Some(B)));
		assert!(Records::receipt(0)
			.unwrap()
			.outcomes
			.iter()
			.all(|(_, decision)| decision.is_permit()));
		assert_ok!(access(STRANGER, &ids[..1], Some(B)));
		assert_eq!(
			Records::receipt(1).unwrap().outcomes.into_inner(),
			vec![(0, Decision::Deny(Reason::Exhausted))]
		);
	});
}

#[test]
fn a_use_that_cannot_be_taken_undoes_the_call() {
	story(|| {
		let ids = [registered(new(ADA, 1)), registered(new(ADA, 2))];
		Grants::insert((ADA, STRANGER), (2, 0));
		judge(|request| Decision::Permit(Basis::Grant(request.record.unwrap() + 1)));
		assert_noop!(
			access(STRANGER, &ids, Some(B)),
			sp_runtime::DispatchError::Other("no uses left")
		);
	});
}

#[test]
fn what_was_entered_in_error_is_open_to_its_author_alone() {
	story(|| {
		let id = registered(new(ADA, 1));
		assert_ok!(Records::mark_entered_in_error(
			RuntimeOrigin::signed(DOCTOR),
			id,
			ErrorReason::WrongPatient,
			Some(A)
		));
		Grants::insert((ADA, STRANGER), (1, 5));
		for (who, institution, decision) in [
			(DOCTOR, Some(A), Decision::Permit(Basis::Author)),
			(ADAS, None, Decision::Deny(Reason::Unavailable)),
			(STRANGER, Some(B), Decision::Deny(Reason::Unavailable)),
		] {
			let receipt = NextReceipt::<Test>::get();
			assert_ok!(access(who, &[id], institution));
			assert_eq!(
				Records::receipt(receipt).unwrap().outcomes.into_inner(),
				vec![(id, decision)]
			);
		}
	});
}

#[test]
fn sixty_four_records_at_once() {
	story(|| {
		let ids: Vec<_> = (0..64).map(|seed| registered(new(ADA, seed))).collect();
		assert_ok!(access(ADAS, &ids, None));
		assert_eq!(last_entries().len(), 64);
		assert_eq!(Records::audit_head(ADA).entries, 128);
	});
}

#[test]
fn more_than_sixty_four_do_not_decode() {
	story(|| {
		let ids: Vec<RecordId> = (0..65).collect();
		let too_many = (23_u8, 3_u8, ids, Purpose::Treatment, Some(A)).encode();
		assert!(RuntimeCall::decode(&mut &too_many[..]).is_err());
	});
}

#[test]
fn no_records() {
	story(|| {
		assert_noop!(access(ADAS, &[], None), Error::<Test>::NoRecords);
	});
}

#[test]
fn duplicate_record() {
	story(|| {
		let ids = [registered(new(ADA, 1)), registered(new(ADA, 2))];
		assert_noop!(
			access(ADAS, &[ids[0], ids[1], ids[0]], None),
			Error::<Test>::DuplicateRecord
		);
	});
}

#[test]
fn unknown_record() {
	story(|| {
		let id = registered(new(ADA, 1));
		assert_noop!(access(ADAS, &[id, 1], None), Error::<Test>::UnknownRecord);
	});
}

#[test]
fn mixed_patients() {
	story(|| {
		let ids = [registered(new(ADA, 1)), registered(new(BEN, 1))];
		assert_noop!(access(DOCTOR, &ids, Some(A)), Error::<Test>::MixedPatients);
	});
}

#[test]
fn ids_exhausted() {
	world().execute_with(|| {
		let id = registered(new(ADA, 1));
		NextReceipt::<Test>::put(u64::MAX);
		assert_noop!(access(ADAS, &[id], None), Error::<Test>::IdsExhausted);
	});
}

#[test]
fn an_unsigned_call_is_refused() {
	story(|| {
		assert_noop!(
			Records::access(RuntimeOrigin::none(), list(vec![0]), Purpose::Treatment, None),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
