use super::*;
use crate::{mock::*, Call, Trail};
use codec::Encode;
use frame_support::{
	assert_ok,
	traits::{GetCallName, UnfilteredDispatchable},
};
use salus_primitives::{AuditTrail, ErrorReason, Kind};
use sp_io::hashing::blake2_256;

#[test]
fn the_chain_is_what_the_design_writes() {
	story(|| {
		frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(0xab));
		let head = blake2_256(&[b"salus/audit/1".as_slice(), &[0xab; 32], &5_u64.to_le_bytes()].concat());
		assert_eq!(Records::audit_head(5).head, H256(head));

		let kind = Kind::PatientRegistered { institution: 3 };
		let entry = Records::append(5, None, kind.clone());
		assert_eq!(
			entry,
			AuditEntry {
				seq: 1,
				at: START,
				actor: None,
				kind
			}
		);
		// seq, at, no actor, variant 0, institution.
		let bytes = [
			&1_u64.to_le_bytes()[..],
			&START.to_le_bytes(),
			&[0],
			&[0],
			&3_u32.to_le_bytes(),
		]
		.concat();
		assert_eq!(entry.encode(), bytes);
		let head = blake2_256(&[&head[..], &bytes].concat());
		assert_eq!(
			(Records::audit_head(5).head, Records::audit_head(5).entries),
			(H256(head), 1)
		);
	});
}

#[test]
fn entries_of_other_pallets_leave_the_list_of_records_alone() {
	story(|| {
		let id = registered(new(ADA, 1));
		Records::append(ADA, Some(ADAS), Kind::GrantGiven { grant: 1 });
		let end = Trail::<Test>::get(ADA).unwrap();
		assert_eq!((end.head.entries, end.latest_record), (2, Some(id)));
		Records::append(BEN, None, Kind::PatientRegistered { institution: A });
		assert_eq!(Trail::<Test>::get(BEN).unwrap().latest_record, None);
	});
}

#[test]
fn each_patients_trail_is_numbered_for_itself() {
	story(|| {
		for patient in [ADA, BEN, ADA] {
			Records::append(patient, None, Kind::PatientRegistered { institution: A });
		}
		assert_eq!(
			(Records::audit_head(ADA).entries, Records::audit_head(BEN).entries),
			(2, 1)
		);
		assert_ne!(Records::audit_head(ADA).head, Records::audit_head(BEN).head);
	});
}

/// Every call of this pallet touches a patient. A new one fails here until it is listed with a case, and a case
/// fails that leaves no entry.
#[test]
fn every_call_leaves_entries_in_the_trail_and_in_its_events() {
	for name in Call::<Test>::get_call_names() {
		story(|| {
			registered(new(ADA, 1));
			registered(new(ADA, 2));
			System::reset_events();
			let before = Records::audit_head(ADA);
			let purpose = Purpose::Treatment;
			let (call, changes) = match *name {
				"register" => (
					Call::register {
						record: new(ADA, 3),
						purpose,
						institution: Some(A),
					},
					1,
				),
				"register_batch" => {
					let records = list(vec![new(ADA, 3), new(ADA, 4), new(ADA, 5)]);
					(
						Call::register_batch {
							records,
							purpose,
							institution: Some(A),
						},
						3,
					)
				}
				"mark_entered_in_error" => (
					Call::mark_entered_in_error {
						record: 0,
						reason: ErrorReason::Other,
						institution: Some(A),
					},
					1,
				),
				"access" => (
					Call::access {
						records: list(vec![0, 1]),
						purpose,
						institution: Some(A),
					},
					2,
				),
				other => panic!("{other} is not listed: does it write an entry for each change?"),
			};
			let call: Call<Test> = call;
			assert_ok!(call.dispatch_bypass_filter(RuntimeOrigin::signed(DOCTOR)));

			let written: Vec<_> = events().iter().flat_map(Event::audit).collect();
			assert_eq!(written.len(), changes, "{name}");
			let head = written.iter().fold(before, |head, (patient, entry)| {
				assert_eq!(
					(*patient, entry.actor, entry.seq),
					(ADA, Some(DOCTOR), head.entries + 1)
				);
				head.after(entry)
			});
			assert_eq!(Records::audit_head(ADA), head, "{name}");
		});
	}
}
