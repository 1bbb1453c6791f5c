//! A patient without a device: two officers registered her, nobody signs for her, and one day she does herself.

use super::*;
use pallet_roles::Act;
use salus_primitives::Capacity;
use sp_core::H256;

#[test]
fn a_patient_on_paper_is_treated_and_claims_her_id_later() {
	story(|world| {
		let id = world.read(pallet_roles::NextPatient::<Runtime>::get);
		let register = Act::RegisterOnPaper {
			evidence: H256::repeat_byte(1),
			identified: false,
			majority: None,
		};
		let alone = pallet_roles::Call::confirm_act {
			institution: A,
			act: register.clone(),
		};
		let propose = pallet_roles::Call::propose_act {
			institution: A,
			act: register.clone(),
		};
		world.send("//Alice", propose).unwrap();
		world.refuses("//Alice", alone.clone(), RolesError::OwnAct);
		world.send("//Charlie", alone).unwrap();
		let registered = Kind::PatientRegisteredOnPaper {
			institution: A,
			with: account("//Alice"),
		};
		assert_eq!(world.trail(id), [registered]);

		// She is assigned and written about; without a grant nobody reads what others wrote.
		let (key, hpke) = derive("Pearl", world.genesis, A, 0);
		let pearl = Patient { id, at: A, key, hpke };
		world.assign(&pearl, ADA);
		world.assign(&pearl, NED);
		let prescription = world.record(ADA, &pearl, Category::Prescription);
		assert_eq!(world.views(ADA, A, prescription), permit(Basis::Author));
		assert_eq!(world.views(NED, A, prescription), deny(Reason::NoGrant));
		// Nobody gives consent for her, the hospital's officers least of all.
		let terms = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Prescription]);
		let give = Consents::grant {
			patient: id,
			grantee: Grantee::Account(account(NED)),
			terms: terms.clone(),
		};
		world.refuses("//Alice", give, ConsentError::NotThePatient);
		// An emergency is one all the same.
		let case = world.open_case(NED, A, id);
		assert_eq!(
			world.access(NED, Some(A), prescription, Purpose::Emergency),
			permit(Basis::BreakGlass(case))
		);

		world
			.officers_do(
				A,
				Act::Identify {
					patient: id,
					evidence: H256::repeat_byte(2),
				},
			)
			.unwrap();
		let (controller, signature) = world.acceptance(&pearl.key, id, Capacity::Controller, Some(&pearl.hpke));
		let claim = Act::Claim {
			patient: id,
			controller,
			hpke: pearl.hpke.clone(),
			signature,
		};
		world.officers_do(A, claim).unwrap();
		world.grant(&pearl, Grantee::Account(account(NED)), terms);
		assert!(world.views(NED, A, prescription).is_permit());
	});
}
