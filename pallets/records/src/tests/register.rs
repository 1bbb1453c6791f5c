use super::*;
use crate::{mock::*, Error, NextRecord, Trail, CLOCK_TOLERANCE};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use salus_primitives::{AccessRequest, Action, Basis, Decision, Kind, Reason};

#[test]
fn a_clinicians_record_is_kept_as_it_was_given() {
	story(|| {
		let given = NewRecord {
			compartment: Some(3),
			media: Media::Dicom,
			recorded_at: START - 5,
			..new(ADA, 1)
		};
		assert_ok!(register(DOCTOR, given.clone(), Some(A)));
		assert_eq!(
			record(0),
			Record {
				patient: ADA,
				author: DOCTOR,
				custodian: A,
				origin: given.origin,
				category: given.category,
				compartment: given.compartment,
				media: given.media,
				cid: given.cid,
				sha256: given.sha256,
				tree: given.tree,
				size: given.size,
				recorded_at: given.recorded_at,
				registered_at: START,
				relates_to: None,
				doc_status: given.doc_status,
				status: RecordStatus::Current,
				previous: None,
			}
		);
		assert_eq!(Records::by_hash(ADA, given.sha256), Some(0));
		assert_eq!(NextRecord::<Test>::get(), 1);
		let entry = AuditEntry {
			seq: 1,
			at: START,
			actor: Some(DOCTOR),
			kind: Kind::RecordRegistered { record: 0 },
		};
		assert_eq!(
			events(),
			vec![Event::RecordRegistered {
				patient: ADA,
				record: 0,
				entry
			}]
		);
	});
}

#[test]
fn the_engine_is_asked_whether_she_may_append() {
	story(|| {
		let given = NewRecord {
			compartment: Some(3),
			..new(ADA, 1)
		};
		assert_ok!(register(DOCTOR, given.clone(), Some(A)));
		assert_eq!(
			asked(),
			vec![AccessRequest {
				requester: DOCTOR,
				on_behalf_of: Some(A),
				patient: ADA,
				record: None,
				custodian: A,
				category: given.category,
				compartment: Some(3),
				recorded_at: given.recorded_at,
				author: DOCTOR,
				status: None,
				action: Action::Append,
				purpose: Purpose::Treatment,
			}]
		);
	});
}

#[test]
fn a_patients_upload_is_kept_by_her_own_institution() {
	story(|| {
		Patients::insert(ADA, patient_of(ADAS, B));
		assert_ok!(register(ADAS, own(ADA, 1), None));
		let request = asked().remove(0);
		assert_eq!(
			(request.on_behalf_of, request.custodian, request.author),
			(None, B, ADAS)
		);
		let kept = record(0);
		assert_eq!((kept.author, kept.custodian, kept.origin), (ADAS, B, Origin::Patient));
	});
}

#[test]
fn each_patient_has_a_list_of_her_own() {
	story(|| {
		for (seed, patient) in [ADA, BEN, ADA, ADA, BEN].into_iter().enumerate() {
			registered(new(patient, seed as u64));
		}
		let previous: Vec<_> = (0..5).map(|id| record(id).previous).collect();
		assert_eq!(previous, vec![None, None, Some(0), Some(2), Some(1)]);
		assert_eq!(Trail::<Test>::get(ADA).unwrap().latest_record, Some(3));
		assert_eq!(Trail::<Test>::get(BEN).unwrap().latest_record, Some(4));
	});
}

#[test]
fn a_permit_uses_up_no_grant() {
	story(|| {
		judge(|_| Decision::Permit(Basis::Grant(4)));
		assert_ok!(register(STRANGER, new(ADA, 1), Some(B)));
		assert_eq!(Taken::get(), None);
	});
}

#[test]
fn not_permitted_whatever_the_reason() {
	story(|| {
		// Not assigned; no credential at B; a stranger to the patient.
		assert_noop!(register(COLLEAGUE, new(ADA, 1), Some(A)), Error::<Test>::NotPermitted);
		assert_noop!(register(DOCTOR, new(ADA, 1), Some(B)), Error::<Test>::NotPermitted);
		assert_noop!(register(BENS, own(ADA, 1), None), Error::<Test>::NotPermitted);
		Credentials::insert((DOCTOR, A), false);
		assert_noop!(register(DOCTOR, new(ADA, 1), Some(A)), Error::<Test>::NotPermitted);
		judge(|_| Decision::Deny(Reason::Refused));
		assert_noop!(register(ADAS, own(ADA, 1), None), Error::<Test>::NotPermitted);
	});
}

#[test]
fn an_unsigned_call_is_refused() {
	story(|| {
		assert_noop!(
			Records::register(RuntimeOrigin::none(), new(ADA, 1), Purpose::Treatment, Some(A)),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

#[test]
fn malformed_cid() {
	story(|| {
		let good = cid(1).into_inner();
		for bad in [
			vec![],
			good[2..].to_vec(),
			[&good[..], &[0]].concat(),
			vec![0; 36],
			vec![0x01; 64],
		] {
			let given = NewRecord {
				cid: BoundedVec::truncate_from(bad),
				..new(ADA, 1)
			};
			assert_noop!(register(DOCTOR, given, Some(A)), Error::<Test>::MalformedCid);
		}
	});
}

#[test]
fn malformed_size() {
	story(|| {
		for size in [0, 104, 16_503, 16_505, u64::MAX, (1 << 40) + 1] {
			let given = NewRecord { size, ..new(ADA, 1) };
			assert_noop!(register(DOCTOR, given, Some(A)), Error::<Test>::MalformedSize);
		}
	});
}

/// A new record of this padded length, with the CID of a payload of one block or of several.
fn of_length(padded: u64, codec: u8) -> NewRecord {
	let mut given = new(ADA, 1);
	given.size = ciphertext_size(padded).unwrap();
	given.cid[1] = codec;
	given
}

#[test]
fn cid_of_other_size() {
	story(|| {
		const RAW: u8 = 0x55;
		const DAG_PB: u8 = 0x70;
		// The longest of one block and the shortest of two: a step of Padmé is 32 KiB here.
		let (one, two) = ((1 << 20) - (1 << 15), 1 << 20);
		for (padded, codec) in [(MIN_PADDED, DAG_PB), (one, DAG_PB), (two, RAW), (1 << 39, RAW)] {
			let given = of_length(padded, codec);
			assert_noop!(register(DOCTOR, given, Some(A)), Error::<Test>::CidOfOtherSize);
		}
		assert_ok!(register(DOCTOR, of_length(one, RAW), Some(A)));
		// The root of a tree has a digest of its own.
		let mut large = of_length(two, DAG_PB);
		large.sha256 = H256::from_low_u64_be(2);
		assert_ok!(register(DOCTOR, large, Some(A)));
	});
}

#[test]
fn cid_of_other_bytes() {
	story(|| {
		let given = NewRecord {
			cid: cid(2),
			..new(ADA, 1)
		};
		assert_noop!(register(DOCTOR, given, Some(A)), Error::<Test>::CidOfOtherBytes);
	});
}

#[test]
fn recorded_in_future() {
	story(|| {
		let at = |recorded_at| NewRecord {
			recorded_at,
			..new(ADA, 1)
		};
		assert_noop!(
			register(DOCTOR, at(START + CLOCK_TOLERANCE + 1), Some(A)),
			Error::<Test>::RecordedInFuture
		);
		assert_noop!(register(DOCTOR, at(u64::MAX), Some(A)), Error::<Test>::RecordedInFuture);
		assert_ok!(register(DOCTOR, at(START + CLOCK_TOLERANCE), Some(A)));
	});
}

#[test]
fn origin_mismatch() {
	story(|| {
		assert_noop!(register(DOCTOR, own(ADA, 1), Some(A)), Error::<Test>::OriginMismatch);
		for origin in [Origin::Clinician, Origin::Device, Origin::Scanned] {
			let given = NewRecord { origin, ..new(ADA, 1) };
			assert_noop!(register(ADAS, given, None), Error::<Test>::OriginMismatch);
		}
	});
}

#[test]
fn unknown_patient() {
	story(|| {
		assert_noop!(register(DOCTOR, new(99, 1), Some(A)), Error::<Test>::UnknownPatient);
		assert_noop!(register(ADAS, own(99, 1), None), Error::<Test>::UnknownPatient);
	});
}

#[test]
fn already_registered() {
	story(|| {
		registered(new(ADA, 1));
		assert_noop!(register(DOCTOR, new(ADA, 1), Some(A)), Error::<Test>::AlreadyRegistered);
		assert_noop!(register(ADAS, own(ADA, 1), None), Error::<Test>::AlreadyRegistered);
		// The same bytes can't come back by being entered in error, but another patient can have them.
		set_status(0, RecordStatus::EnteredInError(salus_primitives::ErrorReason::Other));
		assert_noop!(register(DOCTOR, new(ADA, 1), Some(A)), Error::<Test>::AlreadyRegistered);
		assert_ok!(register(DOCTOR, new(BEN, 1), Some(A)));
	});
}

/// As the first record, but with a hash that differs in the byte at this place.
fn met(byte: usize) -> NewRecord {
	let mut other = new(ADA, 1);
	other.sha256.0[byte] ^= 1;
	other.cid = cid_of(other.sha256);
	other
}

#[test]
fn hash_prefix_taken() {
	story(|| {
		registered(new(ADA, 1));
		for byte in [16, 31] {
			assert_noop!(register(DOCTOR, met(byte), Some(A)), Error::<Test>::HashPrefixTaken);
		}
		// One byte less in common, or another patient, and nothing was met.
		assert_ok!(register(DOCTOR, met(15), Some(A)));
		let hers = NewRecord {
			patient: BEN,
			..met(31)
		};
		assert_ok!(register(DOCTOR, hers, Some(A)));
	});
}

#[test]
fn ids_exhausted() {
	world().execute_with(|| {
		NextRecord::<Test>::put(u64::MAX);
		assert_noop!(register(DOCTOR, new(ADA, 1), Some(A)), Error::<Test>::IdsExhausted);
	});
}
