//! A mother acts for her child, until the child comes of age.

use super::*;
use pallet_roles::{Act, GuardianshipTerms};
use salus_primitives::{Capacity, ControllerCause};
use sp_core::H256;

const MUM: &str = "//Mum";
const DAD: &str = "//Dad";
/// 2030-03-01T00:00:00Z.
pub const MAJORITY: Moment = 1_898_553_600_000;

/// A child whom hospital A registered as a minor.
fn child(world: &mut World) -> PatientId {
	let id = world.read(pallet_roles::NextPatient::<Runtime>::get);
	let register = Act::RegisterOnPaper {
		evidence: H256::repeat_byte(1),
		identified: true,
		majority: Some(MAJORITY),
	};
	world.officers_do(A, register).unwrap();
	id
}

/// Two officers give her to the patient, and she may consent in the patient's place.
pub fn guardian(
	world: &World,
	who: &str,
	patient: PatientId,
	actions: &[Action],
	ends: Moment,
) -> Act<AccountId, Signature> {
	let (guardian, signature) = world.acceptance(who, patient, Capacity::Guardian, None);
	let terms = GuardianshipTerms {
		guardian,
		executor: false,
		actions: ActionSet::of(actions),
		consents: true,
		ends,
		evidence: H256::repeat_byte(2),
	};
	Act::GiveGuardian {
		patient,
		terms,
		signature,
	}
}

#[test]
fn a_mother_acts_for_her_child_until_it_comes_of_age() {
	story(|world| {
		let kid = child(world);
		// Nobody is a guardian beyond majority.
		let too_long = guardian(world, MUM, kid, &[Action::View], MAJORITY + 31 * DAY);
		let propose = pallet_roles::Call::propose_act {
			institution: A,
			act: too_long,
		};
		world.refuses("//Alice", propose, RolesError::BeyondMajority);
		let mum = guardian(world, MUM, kid, &[Action::View, Action::Share], MAJORITY);
		world.officers_do(A, mum).unwrap();

		// At once, for a minor: she consents, and the child's doctor writes and reads.
		let mother = Patient {
			id: kid,
			at: A,
			key: MUM.into(),
			hpke: hpke(MUM),
		};
		world.assign(&mother, ADA);
		let note = world.record(ADA, &mother, Category::Encounter);
		let asked = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Encounter]);
		let request = world.ask(BEA, B, &mother, asked.clone());
		let approve = Consents::approve {
			patient: kid,
			requester: account(BEA),
			request,
			terms: asked,
		};
		world.send(MUM, approve).unwrap();
		assert!(world.views(BEA, B, note).is_permit());
		assert_eq!(world.access(MUM, None, note, Purpose::Family), permit(Basis::Guardian));
		assert_eq!(
			world.may(MUM, None, Action::Append, note, Purpose::Family),
			deny(Reason::NoGrant),
			"no action of her guardianship"
		);
		// She gives no more than she may do herself.
		let amending = world.terms(&[Action::Amend], &[Purpose::Treatment], &[Category::Encounter]);
		let give = Consents::grant {
			patient: kid,
			grantee: Grantee::Account(account(BEA)),
			terms: amending,
		};
		world.refuses(MUM, give, ConsentError::BeyondGuardianship);

		// Until the last millisecond of February, and not in March.
		world.at(MAJORITY - SECOND);
		assert_eq!(
			world.may(MUM, None, Action::View, note, Purpose::Family),
			permit(Basis::Guardian)
		);
		world.at(MAJORITY);
		assert_eq!(
			world.may(MUM, None, Action::View, note, Purpose::Family),
			deny(Reason::Unknown)
		);
		let deny_all = Consents::deny {
			patient: kid,
			terms: everything(),
		};
		world.refuses(MUM, deny_all, ConsentError::NotThePatient);

		// The child claims its id and signs for itself.
		let (key, hpke) = derive("Kid", world.genesis, A, 0);
		let (controller, signature) = world.acceptance(&key, kid, Capacity::Controller, Some(&hpke));
		let claim = Act::Claim {
			patient: kid,
			controller: controller.clone(),
			hpke,
			signature,
		};
		world.officers_do(A, claim).unwrap();
		assert_eq!(
			world.may(&key, None, Action::View, note, Purpose::PatientRequest),
			permit(Basis::Subject)
		);
		let claimed = Kind::ControllerChanged {
			controller,
			cause: ControllerCause::Claimed,
		};
		assert_eq!(world.trail(kid).last(), Some(&claimed));
	});
}

#[test]
fn a_grown_up_has_three_days_to_object_to_a_guardian() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let uncontested = guardian(world, MUM, pia.id, &[Action::View], MAJORITY);
		world.officers_do(A, uncontested).unwrap();
		let objected = guardian(world, DAD, pia.id, &[Action::View], MAJORITY);
		world.officers_do(A, objected).unwrap();
		let object = |guardian: &str| pallet_roles::Call::object_to_guardian {
			patient: pia.id,
			guardian: account(guardian),
		};
		world.assign(&pia, ADA);
		let note = world.record(ADA, &pia, Category::Encounter);
		for guardian in [MUM, DAD] {
			let views = world.may(guardian, None, Action::View, note, Purpose::Family);
			assert_eq!(views, deny(Reason::Unknown), "{guardian} is none yet");
		}
		// A guardian to be is no guardian who could object to the other.
		world.refuses(MUM, object(DAD), RolesError::NotInvolved);
		world.send(&pia.key, object(DAD)).unwrap();
		world.later(72 * HOUR);
		assert_eq!(
			world.may(MUM, None, Action::View, note, Purpose::Family),
			permit(Basis::Guardian)
		);
		assert_eq!(
			world.may(DAD, None, Action::View, note, Purpose::Family),
			deny(Reason::Unknown)
		);
		world.refuses(&pia.key, object(MUM), RolesError::ObjectionTooLate);

		// She contests: nothing until the council has decided.
		let contest = pallet_roles::Call::contest_guardian { guardian: account(MUM) };
		world.send(&pia.key, contest).unwrap();
		assert_eq!(
			world.may(MUM, None, Action::View, note, Purpose::Family),
			deny(Reason::Unknown)
		);
		let decide = pallet_roles::Call::decide_guardian {
			patient: pia.id,
			guardian: account(MUM),
			upheld: false,
		};
		world.council(decide).unwrap();
		assert!(world.read(|| Roles::guardianships(pia.id)).is_empty());
	});
}

#[test]
fn guardians_of_one_another_are_not_to_be_had() {
	story(|world| {
		let (pia, rob) = (world.patient("Pia", A), world.patient("Rob", A));
		// A patient's account acts for her alone, and a guardian's for one patient.
		let ring = guardian(world, &rob.key, pia.id, &[Action::View], MAJORITY);
		let propose = |act| pallet_roles::Call::propose_act { institution: A, act };
		world.refuses("//Alice", propose(ring), RolesError::AccountInUse);
		let first = guardian(world, MUM, pia.id, &[Action::View], MAJORITY);
		world.officers_do(A, first).unwrap();
		let second = guardian(world, MUM, rob.id, &[Action::View], MAJORITY);
		world.refuses("//Alice", propose(second), RolesError::AccountInUse);
	});
}
