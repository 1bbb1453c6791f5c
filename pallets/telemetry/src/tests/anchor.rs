use super::*;
use crate::{Anchors, LatestAnchor, CLOCK_TOLERANCE, MAX_SPAN};
use salus_primitives::{BatchPayload, PatientStatus, Role, Status, MAX_ANCHORED, MAX_READINGS};

#[test]
fn what_is_of_after_her_death_is_not_anchored() {
	story(|| {
		let ada = bound(0, ADA, DAY);
		let ben = bound(1, BEN, DAY);
		pass(HOUR);
		let died = now() - MINUTE;
		Patients::mutate_extant(ADA, |patient| {
			patient.status = PatientStatus::Deceased(died);
		});
		let late = NewBatch {
			first_at: died,
			last_at: died + 1,
			..batch(0, ada, 0, 2)
		};
		assert_noop!(
			anchor(vec![batch(1, ben, 0, 1), late.clone()]),
			Error::BatchAfterDeath(1)
		);
		anchored(NewBatch { last_at: died, ..late });
	});
}

#[test]
fn the_desk_anchors_what_a_device_measured() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		pass(HOUR);
		let new = NewBatch {
			first_at: now() - MINUTE,
			..batch(0, binding, 0, 60)
		};
		assert_ok!(anchor(vec![new.clone()]));
		let expected = Anchor {
			binding,
			first_seq: 0,
			count: 60,
			first_at: now() - MINUTE,
			last_at: now(),
			root: new.root,
			payload: BatchPayload::Block { sha256: new.sha256 },
			size: new.size,
			previous: None,
		};
		assert_eq!(the_anchor(0), expected);
		assert_eq!(the_anchor(0).payload.cid(), new.cid);
		assert_noted(ADA, "desk", Kind::BatchAnchored { anchor: 0, missing: 0 });
		let device = the_device(0);
		assert_eq!(
			(device.next_seq, device.missing, device.anchored),
			(60, 0, Some(binding))
		);
		assert_eq!(the_binding(binding).last_at, Some(now()));
		assert!(!events().iter().any(|event| matches!(event, Event::Gap { .. })));
		// An officer does, too; a tree of blocks has a digest of its own.
		let root = H256::repeat_byte(4);
		let large = NewBatch {
			cid: cid(0x70, root),
			size: ciphertext_size(1 << 20).unwrap(),
			..batch(0, binding, 60, 1)
		};
		let sha256 = large.sha256;
		assert_ok!(anchor_by("officer", A, vec![large]));
		assert_eq!(the_anchor(1).payload, BatchPayload::Tree { root, sha256 });
		assert_eq!(
			(the_anchor(1).previous, LatestAnchor::<Test>::get(ADA)),
			(Some(0), Some(1))
		);
	});
}

#[test]
fn who_is_not_at_the_desk_anchors_nothing() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		for who in ["nurse", "doctor", "ada", "desk-b", "nobody"] {
			assert_noop!(anchor_by(who, A, vec![batch(0, binding, 0, 1)]), Error::NotPermitted);
		}
		assert_noop!(
			anchor_by("desk", 9, vec![batch(0, binding, 0, 1)]),
			Error::UnknownInstitution
		);
		assert_noop!(anchor(vec![]), Error::NoBatches);
		Credentials::insert((account("desk"), A), (Role::Administrator, false));
		assert_noop!(anchor(vec![batch(0, binding, 0, 1)]), Error::NotPermitted);
		Institutions::insert(A, false);
		let call = anchor_by("officer", A, vec![batch(0, binding, 0, 1)]);
		assert_noop!(call, Error::InstitutionInactive);
	});
}

#[test]
fn unknown_foreign_and_inactive_devices_are_refused() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		assert_noop!(anchor(vec![batch(9, binding, 0, 1)]), Error::BatchOfUnknownDevice(0));
		let call = anchor_by("desk-b", B, vec![batch(0, binding, 0, 1)]);
		assert_noop!(call, Error::BatchOfForeignDevice(0));
		for status in [Status::Suspended, Status::Revoked] {
			assert_ok!(Telemetry::set_status(signed("desk"), key(0), status));
			assert_noop!(anchor(vec![batch(0, binding, 0, 1)]), Error::BatchOfInactiveDevice(0));
		}
	});
}

#[test]
fn a_malformed_batch_is_refused() {
	story(|| {
		let binding = bound(0, ADA, 2 * DAY);
		pass(DAY + HOUR);
		let good = batch(0, binding, 0, 1);
		fn refused(good: &NewBatch, bend: fn(&mut NewBatch), error: Error) {
			let mut bent = good.clone();
			bend(&mut bent);
			assert_noop!(anchor(vec![bent]), error);
		}
		refused(&good, |batch| batch.count = 0, Error::BatchEmpty(0));
		refused(&good, |batch| batch.count = MAX_READINGS + 1, Error::BatchTooLarge(0));
		refused(&good, |batch| batch.first_at += 1, Error::BatchInverted(0));
		refused(&good, |batch| batch.first_at -= MAX_SPAN + 1, Error::BatchTooLong(0));
		refused(
			&good,
			|batch| batch.last_at += CLOCK_TOLERANCE + 1,
			Error::BatchAhead(0),
		);
		refused(
			&good,
			|batch| {
				batch.first_at = Moment::MAX;
				batch.last_at = Moment::MAX;
			},
			Error::BatchAhead(0),
		);
		refused(&good, |batch| batch.cid = Cid::default(), Error::BatchCidMalformed(0));
		refused(&good, |batch| batch.cid[1] = 0x71, Error::BatchCidMalformed(0));
		refused(&good, |batch| batch.size += 1, Error::BatchSizeMalformed(0));
		refused(&good, |batch| batch.cid[1] = 0x70, Error::BatchCidOfOtherSize(0));
		refused(&good, |batch| batch.cid[35] ^= 1, Error::BatchCidOfOtherBytes(0));
		let edge = NewBatch {
			count: MAX_READINGS,
			first_at: good.first_at + CLOCK_TOLERANCE - MAX_SPAN,
			last_at: good.last_at + CLOCK_TOLERANCE,
			..good.clone()
		};
		assert_ok!(anchor(vec![edge]));
	});
}

#[test]
fn numbers_only_grow() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		anchored(batch(0, binding, 0, 10));
		// A replay, an overlap, and one of what came before.
		for (first_seq, count) in [(0, 10), (5, 10), (9, 1), (0, 1), (0, 20)] {
			let call = anchor(vec![batch(0, binding, first_seq, count)]);
			assert_noop!(call, Error::BatchSequencePassed(0));
		}
		anchored(batch(0, binding, 10, 1));
	});
}

#[test]
fn a_gap_is_told_and_counted() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		let first = anchored(batch(0, binding, 3, 2));
		let second = anchored(batch(0, binding, 105, 5));
		let gaps: Vec<_> = events()
			.into_iter()
			.filter(|event| matches!(event, Event::Gap { .. }))
			.collect();
		let gap = |from, missing| Event::Gap {
			device: key(0),
			from,
			missing,
		};
		assert_eq!(gaps, vec![gap(0, 3), gap(5, 100)]);
		assert_eq!(the_device(0).missing, 103);
		let kinds: Vec<_> = entries(ADA).into_iter().skip(1).map(|entry| entry.kind).collect();
		assert_eq!(
			kinds,
			vec![
				Kind::BatchAnchored {
					anchor: first,
					missing: 3
				},
				Kind::BatchAnchored {
					anchor: second,
					missing: 100
				},
			]
		);
		// What is missing can't come any more.
		assert_noop!(anchor(vec![batch(0, binding, 5, 100)]), Error::BatchSequencePassed(0));
	});
}

#[test]
fn numbers_end_at_the_greatest() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		let beyond = batch(0, binding, u64::MAX, 1);
		assert_noop!(anchor(vec![beyond]), Error::BatchSequenceOverflows(0));
		anchored(batch(0, binding, u64::MAX - 2, 2));
		assert_noop!(
			anchor(vec![batch(0, binding, u64::MAX, 1)]),
			Error::BatchSequenceOverflows(0)
		);
		assert_eq!(the_device(0).missing, u64::MAX - 2);
	});
}

#[test]
fn readings_are_the_patients_who_was_bound_at_their_time() {
	story(|| {
		let ada = bound(0, ADA, HOUR);
		pass(HOUR);
		let ben = bound(0, BEN, HOUR);
		let at = |binding, first_at, last_at| NewBatch {
			first_at,
			last_at,
			..batch(0, binding, 0, 2)
		};
		let (start, change, end) = (START, START + HOUR, START + 2 * HOUR);
		pass(HOUR);
		// Across both, before, after; a millisecond suffices.
		for (binding, first_at, last_at) in [
			(ada, start, change),
			(ben, change - 1, end - 1),
			(ada, start - 1, start),
			(ben, end - 1, end),
			(ben, start, change - 1),
			(ada, change, end - 1),
		] {
			let call = anchor(vec![at(binding, first_at, last_at)]);
			assert_noop!(call, Error::BatchOutsideBinding(0));
		}
		assert_noop!(anchor(vec![at(9, start, start)]), Error::BatchOfUnknownBinding(0));
		// Late, but in sequence: hers first, then his.
		anchored(at(ada, start, change - 1));
		let his = NewBatch {
			first_seq: 2,
			..at(ben, change, end - 1)
		};
		anchored(his);
		assert_eq!(
			(LatestAnchor::<Test>::get(ADA), LatestAnchor::<Test>::get(BEN)),
			(Some(0), Some(1))
		);
		// Hers after his are nobody's: the clock was set back.
		let hers = NewBatch {
			first_seq: 4,
			..at(ada, change - 1, change - 1)
		};
		assert_noop!(anchor(vec![hers]), Error::BatchOfPassedBinding(0));
	});
}

#[test]
fn a_binding_is_one_devices() {
	story(|| {
		bound(0, ADA, DAY);
		let other = bound(1, ADA, DAY);
		assert_noop!(anchor(vec![batch(0, other, 0, 1)]), Error::BatchOfForeignBinding(0));
	});
}

#[test]
fn after_it_was_ended_what_came_before_can_come() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		pass(HOUR);
		let (before, after) = (batch(0, binding, 0, 1), {
			pass(MINUTE);
			batch(0, binding, 1, 1)
		});
		set_time(START + HOUR + MINUTE / 2);
		assert_ok!(unbind("ada", binding));
		pass(DAY);
		anchored(before);
		assert_noop!(anchor(vec![after]), Error::BatchOutsideBinding(0));
	});
}

#[test]
fn a_call_is_all_or_nothing_and_says_which() {
	story(|| {
		let bindings: Vec<_> = (0..3).map(|n| bound(n, ADA, DAY)).collect();
		let mut batches: Vec<_> = (0..3).map(|n| batch(n, bindings[usize::from(n)], 0, 1)).collect();
		batches.push(batch(0, bindings[0], 1, 4));
		let mut bad = batches.clone();
		bad[3].first_seq = 0;
		assert_noop!(anchor(bad), Error::BatchSequencePassed(3));
		let mut bad = batches.clone();
		bad[2].count = 0;
		assert_noop!(anchor(bad), Error::BatchEmpty(2));
		assert_ok!(anchor(batches));
		assert_eq!((the_device(0).next_seq, NextAnchor::<Test>::get()), (5, 4));
	});
}

#[test]
fn the_last_of_256_is_named_in_the_error() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		let mut batches: Vec<_> = (0..MAX_ANCHORED).map(|n| batch(0, binding, n.into(), 1)).collect();
		batches[255].size += 1;
		let error = anchor(batches.clone()).unwrap_err();
		assert_eq!(error, Error::BatchSizeMalformed(255).into());
		let sp_runtime::DispatchError::Module(module) = error else {
			panic!("an error of another kind");
		};
		assert_eq!(module.error[1], 255);
		batches[255].size -= 1;
		assert_ok!(anchor(batches));
		assert_eq!(Anchors::<Test>::iter().count(), 256);
		assert_eq!(entries(ADA).len(), 257);
	});
}

#[test]
fn ids_run_out() {
	world().execute_with(|| {
		let binding = bound(0, ADA, DAY);
		NextAnchor::<Test>::put(u64::MAX);
		assert_noop!(anchor(vec![batch(0, binding, 0, 1)]), Error::IdsExhausted);
	});
}
