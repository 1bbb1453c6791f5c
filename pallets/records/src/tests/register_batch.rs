use super::*;
use crate::{mock::*, Error, NextRecord};
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok};

fn batch(who: u64, records: Vec<NewRecord>, institution: Option<InstitutionId>) -> DispatchResult {
	without_weight(Records::register_batch(
		RuntimeOrigin::signed(who),
		list(records),
		Purpose::Treatment,
		institution,
	))
}

#[test]
fn sixty_four_records_at_once() {
	story(|| {
		assert_ok!(batch(DOCTOR, (0..64).map(|seed| new(ADA, seed)).collect(), Some(A)));
		assert_eq!(NextRecord::<Test>::get(), 64);
		assert_eq!(events().len(), 64);
		assert_eq!(Records::audit_head(ADA).entries, 64);
		assert_eq!(asked().len(), 64);
	});
}

#[test]
fn more_than_sixty_four_do_not_decode() {
	story(|| {
		let records: Vec<_> = (0..65).map(|seed| new(ADA, seed)).collect();
		let too_many = (23_u8, 1_u8, records, Purpose::Treatment, Some(A)).encode();
		assert!(RuntimeCall::decode(&mut &too_many[..]).is_err());
	});
}

#[test]
fn a_batch_may_be_of_several_patients_and_each_is_decided() {
	story(|| {
		assert_ok!(batch(DOCTOR, vec![new(ADA, 1), new(BEN, 1), new(ADA, 2)], Some(A)));
		assert_eq!(
			asked().iter().map(|request| request.patient).collect::<Vec<_>>(),
			vec![ADA, BEN, ADA]
		);
		Assignments::remove((DOCTOR, BEN, A));
		assert_noop!(
			batch(DOCTOR, vec![new(ADA, 3), new(BEN, 3)], Some(A)),
			Error::<Test>::NotPermitted
		);
	});
}

#[test]
fn a_record_may_replace_one_before_it_in_the_batch() {
	story(|| {
		assert_ok!(batch(
			DOCTOR,
			vec![new(ADA, 1), related(ADA, 2, Relation::Replaces, 0)],
			Some(A)
		));
		assert_eq!(status(0), RecordStatus::Superseded(1));
		assert_eq!(status(1), RecordStatus::Current);
	});
}

#[test]
fn a_patient_uploads_a_batch() {
	story(|| {
		assert_ok!(batch(ADAS, vec![own(ADA, 1), own(ADA, 2)], None));
		assert_eq!(record(1).custodian, A);
	});
}

#[test]
fn no_records() {
	story(|| {
		assert_noop!(batch(DOCTOR, vec![], Some(A)), Error::<Test>::NoRecords);
	});
}

#[test]
fn one_bad_record_undoes_the_batch() {
	story(|| {
		let bad = |bad| vec![new(ADA, 1), bad];
		let cases = [
			(NewRecord { size: 1, ..new(ADA, 2) }, Error::<Test>::MalformedSize),
			(
				NewRecord {
					cid: Default::default(),
					..new(ADA, 2)
				},
				Error::MalformedCid,
			),
			(
				NewRecord {
					size: ciphertext_size(1 << 20).unwrap(),
					..new(ADA, 2)
				},
				Error::CidOfOtherSize,
			),
			(
				NewRecord {
					cid: cid(3),
					..new(ADA, 2)
				},
				Error::CidOfOtherBytes,
			),
			(
				NewRecord {
					recorded_at: u64::MAX,
					..new(ADA, 2)
				},
				Error::RecordedInFuture,
			),
			(own(ADA, 2), Error::OriginMismatch),
			(new(99, 2), Error::UnknownPatient),
			// The same bytes twice in one batch.
			(new(ADA, 1), Error::AlreadyRegistered),
			(related(ADA, 2, Relation::Signs, 7), Error::UnknownRecord),
		];
		for (record, error) in cases {
			assert_noop!(batch(DOCTOR, bad(record), Some(A)), error);
		}
		assert_eq!(NextRecord::<Test>::get(), 0);
		assert_eq!(Records::audit_head(ADA).entries, 0);
	});
}

#[test]
fn an_unsigned_call_is_refused() {
	story(|| {
		assert_noop!(
			Records::register_batch(
				RuntimeOrigin::none(),
				list(vec![new(ADA, 1)]),
				Purpose::Treatment,
				Some(A)
			),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
