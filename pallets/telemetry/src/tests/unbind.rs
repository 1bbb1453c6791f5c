use super::*;

#[test]
fn either_side_ends_a_binding_at_once() {
	story(|| {
		guard(ADA, "mother", true);
		for (n, who) in (0..).zip(["ada", "mother", "nurse", "doctor", "desk", "officer"]) {
			let binding = bound(n, ADA, DAY);
			for stranger in ["ben", "pharmacist", "doctor-b", "nobody"] {
				assert_noop!(unbind(stranger, binding), Error::NotPermitted);
			}
			pass(MINUTE);
			assert_ok!(unbind(who, binding));
			assert_eq!(the_binding(binding).ends, now());
			assert_noted(ADA, who, Kind::DeviceUnbound { binding });
			assert_noop!(unbind(who, binding), Error::BindingOver);
		}
		assert_noop!(unbind("ada", 99), Error::UnknownBinding);
	});
}

#[test]
fn a_binding_that_ended_by_itself_stays_as_it_was() {
	story(|| {
		let binding = bound(0, ADA, HOUR);
		pass(HOUR);
		assert_noop!(unbind("ada", binding), Error::BindingOver);
	});
}

#[test]
fn a_suspended_institution_keeps_nobody_bound() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		Institutions::insert(A, false);
		assert_noop!(unbind("nurse", binding), Error::InstitutionInactive);
		assert_ok!(unbind("ada", binding));
	});
}

#[test]
fn one_that_has_not_begun_never_does() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		let coming = Interval {
			starts: START + HOUR,
			ends: START + DAY,
		};
		assert_ok!(bind("nurse", 0, ADA, "ada", coming));
		pass(MINUTE);
		assert_ok!(unbind("ada", 0));
		assert_eq!((the_binding(0).starts, the_binding(0).ends), (now(), now()));
		// And the device is free.
		bound(0, BEN, DAY);
	});
}

/// The readings of a clock that is a little ahead stay the patient's whose they are.
#[test]
fn a_binding_ends_after_its_latest_reading() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		let ahead = NewBatch {
			last_at: now() + 4 * MINUTE,
			..batch(0, binding, 0, 2)
		};
		anchored(ahead);
		assert_ok!(unbind("ada", binding));
		assert_eq!(the_binding(binding).ends, START + 4 * MINUTE + 1);
		assert_noop!(bind("nurse", 0, BEN, "ben", from_now(DAY)), Error::StillBound);
		pass(4 * MINUTE + 1);
		bound(0, BEN, DAY);
	});
}
