//! Seats on the whole runtime: the council's members follow the hospitals.

use super::*;
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{InstitutionId, Status};

const FERDIE: InstitutionId = 3;

type Motions = pallet_collective::Call<Runtime, CouncilCollective>;

fn local(told: impl FnOnce()) {
	chain(genesis::LOCAL).execute_with(|| {
		System::set_block_number(1);
		told();
		Roles::check_state().unwrap();
		Consortium::check_state().unwrap();
	});
}

fn council() -> RuntimeOrigin {
	pallet_collective::RawOrigin::Members(4, 4).into()
}

fn sits(uri: &str) -> bool {
	pallet_collective::Members::<Runtime, CouncilCollective>::get().contains(&account(uri))
}

fn send(uri: &str, call: Motions) -> DispatchResultWithPostInfo {
	RuntimeCall::Council(call).dispatch(RuntimeOrigin::signed(account(uri)))
}

/// The hash of the motion that this seat puts, which takes three ayes.
fn put(uri: &str, motion: RuntimeCall) -> sp_core::H256 {
	let hash = <Runtime as frame_system::Config>::Hashing::hash_of(&motion);
	let propose = Motions::propose {
		threshold: 3,
		length_bound: u32::try_from(motion.encoded_size()).unwrap(),
		proposal: Box::new(motion),
	};
	send(uri, propose).unwrap();
	hash
}

fn aye(uri: &str, proposal: sp_core::H256, index: u32) -> DispatchResultWithPostInfo {
	let approve = true;
	send(
		uri,
		Motions::vote {
			proposal,
			index,
			approve,
		},
	)
}

fn close(proposal_hash: sp_core::H256, index: u32) -> DispatchResultWithPostInfo {
	send(
		"//Alice",
		Motions::close {
			proposal_hash,
			index,
			proposal_weight_bound: Weight::MAX,
			length_bound: u32::MAX,
		},
	)
}

#[test]
fn the_account_that_sits_for_a_hospital_is_changed_and_its_votes_are_void() {
	local(|| {
		let open = put(
			"//Alice",
			pallet_roles::Call::suspend_institution { institution: 1 }.into(),
		);
		for uri in ["//Alice", "//Bob", "//Ferdie"] {
			aye(uri, open, 0).unwrap();
		}
		let change = pallet_roles::Call::change_seat {
			institution: FERDIE,
			seat: account("//Grace"),
		};
		let motion = put("//Alice", change.into());
		for uri in ["//Alice", "//Bob", "//Eve"] {
			aye(uri, motion, 1).unwrap();
		}
		close(motion, 1).unwrap();
		assert!(sits("//Grace") && !sits("//Ferdie"));
		assert_eq!(Roles::institution(FERDIE).unwrap().seat, Some(account("//Grace")));

		// Of the three ayes of the other motion two are left.
		let early = pallet_collective::Error::<Runtime, CouncilCollective>::TooEarly;
		assert_eq!(
			close(open, 0).unwrap_err().error,
			sp_runtime::DispatchError::from(early)
		);
		let stranger = pallet_collective::Error::<Runtime, CouncilCollective>::NotMember;
		assert_eq!(
			aye("//Ferdie", open, 0).unwrap_err().error,
			sp_runtime::DispatchError::from(stranger)
		);
		aye("//Grace", open, 0).unwrap();
		close(open, 0).unwrap();
		assert_eq!(Roles::institution(1).unwrap().status, Status::Suspended);

		assert_noop!(
			Roles::change_seat(council(), FERDIE, account("//Alice")),
			pallet_consortium::Error::<Runtime>::SeatTaken
		);
	});
}

#[test]
fn a_revoked_hospital_has_no_seat_and_the_last_one_stays() {
	local(|| {
		assert_ok!(Roles::revoke_institution(council(), FERDIE));
		assert!(!sits("//Ferdie") && sits("//Alice"));
		assert_eq!(Roles::institution(FERDIE).unwrap().status, Status::Revoked);
		assert!(!<Roles as Registry<AccountId>>::is_officer(
			&account("//Ferdie"),
			FERDIE
		));
		for institution in [1, 2] {
			assert_ok!(Roles::revoke_institution(council(), institution));
		}
		assert_noop!(
			Roles::revoke_institution(council(), 0),
			pallet_consortium::Error::<Runtime>::LastSeat
		);
		assert!(sits("//Alice"));
	});
}

#[test]
fn a_revoked_hospitals_validator_leaves_the_set_as_far_as_the_floor_allows() {
	local(|| {
		let validates = |uri: &str| Session::validators().contains(&account(uri));
		assert!(validates("//Ferdie//stash"));
		pallet_consortium::MinValidators::<Runtime>::put(3);
		for institution in [2, FERDIE] {
			assert_ok!(Roles::revoke_institution(council(), institution));
		}
		for _ in 0..3 {
			Session::rotate_session();
		}
		assert_eq!(Session::validators().len(), 3, "one of the two stays");
		pallet_consortium::MinValidators::<Runtime>::put(1);
		for _ in 0..3 {
			Session::rotate_session();
		}
		assert!(!validates("//Eve//stash") && !validates("//Ferdie//stash") && validates("//Alice//stash"));
		// They never come back, and the council takes their names off the list.
		assert_ok!(Consortium::remove_validator(council(), FERDIE));
	});
}
