//! `provision` and `set_status`.

use super::*;
use salus_primitives::Status;

fn set(who: &str, n: u8, status: Status) -> DispatchResult {
	Telemetry::set_status(signed(who), key(n), status)
}

#[test]
fn an_administrator_and_an_officer_provision() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_ok!(provision("officer", 1, A));
		assert_eq!(
			the_device(1),
			Device {
				institution: A,
				codes: CODES,
				status: Status::Active,
				bindings: 0,
				latest: None,
				anchored: None,
				next_seq: 0,
				missing: 0,
			}
		);
		let expected = |n| Event::Provisioned {
			device: key(n),
			institution: A,
		};
		assert_eq!(events(), vec![expected(0), expected(1)]);
	});
}

#[test]
fn others_do_not() {
	story(|| {
		for who in ["nurse", "doctor", "pharmacist", "desk-b", "ada", "nobody"] {
			assert_noop!(provision(who, 0, A), Error::NotPermitted);
		}
		Credentials::insert((account("desk"), A), (salus_primitives::Role::Administrator, false));
		assert_noop!(provision("desk", 0, A), Error::NotPermitted);
		assert_noop!(provision("desk", 0, 9), Error::UnknownInstitution);
		Institutions::insert(A, false);
		assert_noop!(provision("officer", 0, A), Error::InstitutionInactive);
	});
}

#[test]
fn a_key_by_which_anybody_signs_is_refused() {
	story(|| {
		// The neutral element as R and zero as S: every one of these keys would have signed it.
		let mut forged = [0; 64];
		forged[0] = 1;
		let weak = [
			"0000000000000000000000000000000000000000000000000000000000000000",
			"0100000000000000000000000000000000000000000000000000000000000000",
			"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
			"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
			"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
			"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
			"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		];
		for (hex, sign) in weak.into_iter().flat_map(|hex| [(hex, 0), (hex, 0x80)]) {
			let mut key: DeviceKey = sp_core::bytes::from_hex(hex).unwrap().try_into().unwrap();
			key[31] |= sign;
			let claim = DeviceClaim {
				genesis: GENESIS,
				institution: A,
				device: key,
				codes: CODES,
			};
			let (message, public) = (tagged(DEVICE_TAG, &claim), ed25519::Public::from_raw(key));
			assert!(ed25519::Pair::verify(
				&ed25519::Signature::from_raw(forged),
				message,
				&public
			));
			let call = Telemetry::provision(signed("desk"), A, key, CODES, forged);
			assert_noop!(call, Error::WeakKey);
		}
		// A second encoding of a point that is not weak: y = 4 as p + 4.
		let mut second = [0xff; 32];
		(second[0], second[31]) = (0xf1, 0x7f);
		let call = Telemetry::provision(signed("desk"), A, second, CODES, forged);
		assert_noop!(call, Error::WeakKey);
	});
}

#[test]
fn a_key_that_is_in_use_is_refused() {
	story(|| {
		HpkeKeys::insert(key(0), ());
		assert_noop!(provision("desk", 0, A), Error::KeyInUse);
		Patients::insert(7, patient_of(Some(AccountId32::new(key(1))), A));
		assert_noop!(provision("desk", 1, A), Error::KeyInUse);
		assert_ok!(provision("desk", 2, A));
		assert_noop!(provision("desk", 2, A), Error::AlreadyProvisioned);
		assert_noop!(provision("desk-b", 2, B), Error::AlreadyProvisioned);
	});
}

#[test]
fn a_device_that_did_not_sign_is_refused() {
	story(|| {
		let provision = |n, institution, codes, signature| {
			Telemetry::provision(signed("desk"), institution, key(n), codes, signature)
		};
		// Another device's, for another institution, with other codes, for another chain.
		assert_noop!(provision(0, A, CODES, claim(1, A)), Error::ClaimInvalid);
		assert_noop!(provision(0, A, CODES, claim(0, B)), Error::ClaimInvalid);
		assert_noop!(provision(0, A, H256::zero(), claim(0, A)), Error::ClaimInvalid);
		let good = claim(0, A);
		frame_system::BlockHash::<Test>::insert(0, H256::zero());
		assert_noop!(provision(0, A, CODES, good), Error::ClaimInvalid);
	});
}

#[test]
fn the_registry_is_told_which_keys_are_devices() {
	use salus_primitives::DeviceKeys;
	story(|| {
		assert!(!Telemetry::is_device(&key(0)));
		assert_ok!(provision("desk", 0, A));
		assert_ok!(set("desk", 0, Status::Revoked));
		assert!(Telemetry::is_device(&key(0)));
		assert!(!Telemetry::is_device(&key(1)));
	});
}

#[test]
fn who_is_measured_finds_in_her_trail_when_it_stops_and_goes_on() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		for (status, kind) in [
			(Status::Suspended, Kind::DeviceSuspended { binding }),
			(Status::Active, Kind::DeviceReinstated { binding }),
		] {
			assert_ok!(set("officer", 0, status));
			let entry = entries(ADA).pop().unwrap();
			assert_eq!((&entry.actor, &entry.kind), (&Some(account("officer")), &kind));
			let told = events().into_iter().rev().nth(1).unwrap();
			assert_eq!(told.audit(), vec![(ADA, entry)]);
		}
		pass(DAY);
		let before = entries(ADA).len();
		assert_ok!(set("officer", 0, Status::Suspended));
		assert_eq!(entries(ADA).len(), before);
	});
}

#[test]
fn the_desk_suspends_reinstates_and_revokes() {
	story(|| {
		assert_ok!(provision("desk", 0, A));
		assert_noop!(set("desk", 0, Status::Active), Error::StatusUnchanged);
		for status in [Status::Suspended, Status::Active, Status::Suspended, Status::Revoked] {
			assert_ok!(set("officer", 0, status));
			assert_eq!(the_device(0).status, status);
			let expected = Event::StatusSet { device: key(0), status };
			assert_eq!(events().last(), Some(&expected));
		}
		for status in Status::ALL {
			assert_noop!(set("desk", 0, status), Error::DeviceRevoked);
		}
		// Nobody was measured by it.
		assert_eq!(entries(ADA), vec![]);
		assert_noop!(provision("desk", 0, A), Error::AlreadyProvisioned);
		assert_noop!(set("desk", 1, Status::Revoked), Error::UnknownDevice);
		assert_ok!(provision("desk", 1, A));
		for who in ["nurse", "desk-b", "ada"] {
			assert_noop!(set(who, 1, Status::Revoked), Error::NotPermitted);
		}
	});
}

#[test]
fn a_revoked_device_measures_nobody_and_is_offered_to_nobody() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		assert_ok!(set("desk", 0, Status::Suspended));
		assert_eq!(the_binding(binding).ends, START + DAY);
		pass(HOUR);
		assert_ok!(set("desk", 0, Status::Revoked));
		assert_eq!(the_binding(binding).ends, START + HOUR);
		assert_eq!(entries(ADA).last().unwrap().kind, Kind::DeviceUnbound { binding });

		assert_ok!(provision("desk", 1, A));
		assert_ok!(Telemetry::offer(signed("nurse"), key(1), BEN, from_now(DAY), None));
		assert_ok!(set("desk", 1, Status::Revoked));
		assert_eq!(Telemetry::offered(key(1)), None);
		assert_eq!(
			entries(BEN).last().unwrap().kind,
			Kind::DeviceOfferEnded { device: key(1) }
		);
	});
}
