use super::*;
use crate::{NextReceipt, OldestReceipt, Receipts};
use salus_primitives::{
	AccessControl, AccessRequest, Action, Basis, Category, Reason, Receipt, ReceiptId, MAX_BATCH, RECEIPT_LIFETIME,
};

/// What a caller is answered of batches, as the receipt says.
pub fn ask(who: &str, anchors: &[AnchorId], institution: Option<InstitutionId>) -> Vec<Decision> {
	let receipt = NextReceipt::<Test>::get();
	assert_ok!(access(who, anchors, institution));
	let receipt = Telemetry::receipt(receipt).unwrap();
	let decided: Vec<_> = receipt.outcomes.iter().map(|(anchor, _)| *anchor).collect();
	assert_eq!(decided, anchors);
	receipt.outcomes.iter().map(|(_, decision)| *decision).collect()
}

pub fn access(who: &str, anchors: &[AnchorId], institution: Option<InstitutionId>) -> DispatchResult {
	let call = Call::access {
		anchors: list(anchors.to_vec()),
		purpose: Purpose::Treatment,
		institution,
	};
	dispatch(who, call)
}

/// Ada's batches, so many, one a minute.
fn measured(count: u64) {
	let binding = bound(0, ADA, DAY);
	for n in 0..count {
		anchored(batch(0, binding, n, 1));
		pass(MINUTE);
	}
}

/// The doctor may open Ada's vitals of this time, so often.
fn grant(from: Moment, until: Moment, uses: u32) {
	Grants::insert((ADA, account("doctor")), (7, from, until, uses));
}

const BY_GRANT: Decision = Decision::Permit(Basis::Grant(7));

#[test]
fn the_patient_opens_her_own() {
	story(|| {
		measured(2);
		assert_eq!(ask("ada", &[1, 0], None), vec![Decision::Permit(Basis::Subject); 2]);
		let (purpose, receipt) = (Purpose::Treatment, 0);
		let kinds: Vec<_> = entries(ADA).into_iter().rev().take(2).map(|entry| entry.kind).collect();
		let permitted = |anchor| Kind::BatchAccessPermitted {
			receipt,
			anchor,
			purpose,
			basis: Basis::Subject,
		};
		assert_eq!(kinds, vec![permitted(0), permitted(1)]);
		let expected = Receipt {
			requester: account("ada"),
			on_behalf_of: None,
			patient: ADA,
			purpose,
			at: now(),
			outcomes: list([1, 0].map(|anchor| (anchor, Decision::Permit(Basis::Subject)))),
		};
		assert_eq!(Telemetry::receipt(receipt), Some(expected));
	});
}

#[test]
fn a_refusal_is_written_down_and_no_error() {
	story(|| {
		measured(1);
		assert_eq!(ask("doctor", &[0], Some(A)), vec![Decision::Deny(Reason::NoGrant)]);
		let refused = Kind::BatchAccessRefused {
			receipt: 0,
			anchor: 0,
			purpose: Purpose::Treatment,
			reason: Reason::NoGrant,
		};
		assert_noted(ADA, "doctor", refused);
	});
}

#[test]
fn the_engine_is_asked_about_vitals_from_the_first_to_the_last() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		let long = NewBatch {
			first_at: START,
			last_at: START + HOUR,
			..batch(0, binding, 0, 60)
		};
		pass(HOUR);
		anchored(long);
		asked();
		ask("ada", &[0], None);
		let questions = asked();
		let author = questions[0].0.author.clone();
		let question = AccessRequest {
			requester: account("ada"),
			on_behalf_of: None,
			patient: ADA,
			record: None,
			custodian: A,
			category: Category::Vitals,
			compartment: None,
			recorded_at: START,
			author,
			status: None,
			action: Action::View,
			purpose: Purpose::Treatment,
		};
		assert_eq!(questions, vec![(question, START + HOUR)]);
	});
}

#[test]
fn a_batch_is_open_where_both_its_ends_are() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		pass(HOUR);
		anchored(NewBatch {
			first_at: START,
			..batch(0, binding, 0, 60)
		});
		let outside = Decision::Deny(Reason::OutsideDateRange);
		grant(START, START + HOUR, 9);
		assert_eq!(ask("doctor", &[0], Some(A)), vec![outside]);
		grant(START + 1, START + HOUR + 1, 9);
		assert_eq!(ask("doctor", &[0], Some(A)), vec![outside]);
		grant(START, START + HOUR + 1, 9);
		assert_eq!(ask("doctor", &[0], Some(A)), vec![BY_GRANT]);
	});
}

/// No clinician, whoever provisioned the device, bound it or anchored what it measured, may read it for that.
#[test]
fn a_batch_has_no_author() {
	story(|| {
		measured(1);
		ask("ada", &[0], None);
		let author = asked().pop().unwrap().0.author;
		for name in ["desk", "officer", "nurse", "doctor", "ada"] {
			assert_ne!(author, account(name));
		}
		assert_ne!(author, AccountId32::new(key(0)));
		let derived = sp_io::hashing::blake2_256(&[b"salus/author/1".as_slice(), &key(0)].concat());
		assert_eq!(author, AccountId32::new(derived));
	});
}

#[test]
fn one_use_of_each_grant_is_taken_by_a_call() {
	story(|| {
		measured(3);
		grant(0, Moment::MAX, 2);
		assert_eq!(ask("doctor", &[0, 1, 2], Some(A)), vec![BY_GRANT; 3]);
		assert_eq!(Taken::get(), Some(vec![7]));
		assert_eq!(ask("doctor", &[0], Some(A)), vec![BY_GRANT]);
		assert_eq!(ask("doctor", &[0], Some(A)), vec![Decision::Deny(Reason::Exhausted)]);
		assert_eq!(Taken::get(), Some(vec![7, 7]));
	});
}

#[test]
fn malformed_calls_fail_and_leave_nothing() {
	story(|| {
		measured(2);
		let ben = bound(1, BEN, DAY);
		let his = anchored(batch(1, ben, 0, 1));
		assert_noop!(access("ada", &[], None), Error::NoAnchors);
		assert_noop!(access("ada", &[0, 1, 0], None), Error::DuplicateAnchor);
		assert_noop!(access("ada", &[0, 9], None), Error::UnknownAnchor);
		assert_noop!(access("ada", &[0, his], None), Error::MixedPatients);
		NextReceipt::<Test>::put(u64::MAX);
		OldestReceipt::<Test>::put(u64::MAX);
		assert_noop!(access("ada", &[0], None), Error::IdsExhausted);
	});
}

fn kept() -> Vec<ReceiptId> {
	let mut ids: Vec<_> = Receipts::<Test>::iter_keys().collect();
	ids.sort();
	ids
}

#[test]
fn receipts_are_a_queue_of_a_day() {
	story(|| {
		measured(1);
		(0..5).for_each(|_| drop(ask("ada", &[0], None)));
		pass(RECEIPT_LIFETIME - 1);
		ask("ada", &[0], None);
		assert_eq!(kept(), vec![0, 1, 2, 3, 4, 5]);
		assert!(Telemetry::receipt(4).is_some());
		pass(1);
		assert!(Telemetry::receipt(4).is_none());
		for expected in [
			vec![2, 3, 4, 5, 6],
			vec![4, 5, 6, 7],
			vec![5, 6, 7, 8],
			vec![5, 6, 7, 8, 9],
		] {
			ask("ada", &[0], None);
			assert_eq!(kept(), expected);
			assert_eq!(
				(OldestReceipt::<Test>::get(), NextReceipt::<Test>::get()),
				(expected[0], expected.last().unwrap() + 1)
			);
			Telemetry::check_state().unwrap();
		}
		// One that ran empty starts again.
		pass(3 * RECEIPT_LIFETIME);
		(0..4).for_each(|_| drop(ask("ada", &[0], None)));
		assert_eq!(kept(), vec![10, 11, 12, 13]);
	});
}

#[test]
fn a_receipt_stands_for_as_long_as_it_would_be_given() {
	story(|| {
		measured(2);
		grant(0, Moment::MAX, 1);
		ask("doctor", &[0], Some(A));
		ask("doctor", &[0], Some(A));
		// Its own use is given back; the second has none.
		assert_eq!(Telemetry::still_permits(0, 0), BY_GRANT);
		assert_eq!(Telemetry::still_permits(1, 0), Decision::Deny(Reason::Exhausted));
		// Not decided by it; no such batch; no such receipt.
		let unavailable = Decision::Deny(Reason::Unavailable);
		assert_eq!(Telemetry::still_permits(0, 1), unavailable);
		assert_eq!(Telemetry::still_permits(0, 9), unavailable);
		assert_eq!(Telemetry::still_permits(9, 0), unavailable);
		grant(0, START, 1);
		assert_eq!(Telemetry::still_permits(0, 0), Decision::Deny(Reason::OutsideDateRange));
		grant(0, Moment::MAX, 1);
		assert_eq!(
			Telemetry::still_permits(1, 0),
			Decision::Deny(Reason::Exhausted),
			"a refusal is never turned into a permit"
		);
		grant(0, Moment::MAX, 0);
		assert_eq!(Telemetry::still_permits(0, 0), BY_GRANT);
		Credentials::insert((account("doctor"), A), (salus_primitives::Role::Doctor, false));
		assert_eq!(Telemetry::still_permits(0, 0), Decision::Deny(Reason::Inactive));
		Credentials::insert((account("doctor"), A), (salus_primitives::Role::Doctor, true));
		pass(RECEIPT_LIFETIME);
		assert_eq!(Telemetry::still_permits(0, 0), unavailable);
	});
}

#[test]
fn the_worst_is_paid_in_advance_and_what_was_not_needed_given_back() {
	use crate::WeightInfo;
	use frame_support::dispatch::GetDispatchInfo;
	story(|| {
		measured(3);
		let call = |anchors: &[AnchorId], institution| Call::<Test>::access {
			anchors: list(anchors.to_vec()),
			purpose: Purpose::Treatment,
			institution,
		};
		let declared = call(&[0, 1, 2], Some(A)).get_dispatch_info().call_weight;
		let worst = Engine::decide_weight() + Engine::take_use_weight();
		assert_eq!(declared, <()>::access(3) + worst * 3);
		let spent = |who, call: Call<Test>| {
			let outcome = RuntimeCall::Telemetry(call).dispatch(signed(who));
			let info = outcome.unwrap_or_else(|error| error.post_info);
			info.actual_weight.unwrap()
		};
		grant(0, Moment::MAX, 1);
		let by_grant = spent("doctor", call(&[0, 1, 2], Some(A)));
		assert_eq!(
			by_grant,
			<()>::access(3) + Engine::decide_weight() * 3 + Engine::take_use_weight()
		);
		assert!(by_grant.all_lte(declared));
		assert_eq!(spent("ada", call(&[0], None)), <()>::access(1) + Engine::least_weight());
		assert_eq!(spent("ada", call(&[0, 9], None)), <()>::access(2));
		let most: Vec<_> = (0..u64::from(MAX_BATCH)).collect();
		assert_eq!(spent("ada", call(&most, None)), <()>::access(MAX_BATCH));
	});
}
