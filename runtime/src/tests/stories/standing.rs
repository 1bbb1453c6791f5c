//! A hospital is suspended, a licence expires: one write or none, and every decision sees it in the same block.

use super::*;
use pallet_roles::Call;

#[test]
fn a_suspended_hospital_acts_no_more_from_that_block_on() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		let image = world.record(ADA, &pia, Category::Imaging);
		let all = world.all_terms();
		world.grant(&pia, Grantee::Institution(B), all);
		let seen = [BEA, NAT].map(|who| world.views(who, B, image));
		assert!(seen.iter().all(Decision::is_permit));
		let case = world.open_case(BEA, B, pia.id);
		let credential = (account(BEA), B);
		let before = world.read(|| pallet_roles::Credentials::<Runtime>::get(&credential));

		world.council(Call::suspend_institution { institution: B }).unwrap();
		for who in [BEA, NAT] {
			assert_eq!(world.views(who, B, image), deny(Reason::Inactive));
			assert_eq!(
				world.may(who, Some(B), Action::View, image, Purpose::Emergency),
				deny(Reason::Inactive)
			);
		}
		// Nothing was written about its staff: it is derived.
		assert_eq!(
			world.read(|| pallet_roles::Credentials::<Runtime>::get(&credential)),
			before
		);
		// What its people sent a block later is refused, and so are their officers.
		let terms = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Imaging]);
		let ask = Consents::ask {
			patient: pia.id,
			institution: B,
			terms,
			expires_at: world.now() + DAY,
		};
		world.refuses(BEA, ask, ConsentError::Inactive);
		let approve = Consents::approve_case {
			patient: pia.id,
			case,
			institution: B,
		};
		world.refuses(NAT, approve, ConsentError::Inactive);
		let suspend = Call::suspend_credential {
			account: account(NAT),
			institution: B,
		};
		world.refuses("//Bob", suspend, RolesError::InstitutionNotActive);
		let published = world.read(|| Roles::institution(B).unwrap().admission_terms);
		let registration = world.registration("Rob", B, published);
		assert_eq!(
			world.pool(&registration),
			Err(refusals::custom(pallet_roles::pool_errors::INSTITUTION_NOT_ACTIVE))
		);
		// The other hospital is not touched.
		assert_eq!(world.views(ADA, A, image), permit(Basis::Author));

		world.council(Call::reinstate_institution { institution: B }).unwrap();
		assert!(world.views(BEA, B, image).is_permit());
	});
}

#[test]
fn a_licence_expires_by_itself_and_is_renewed_without_a_gap() {
	story(|world| {
		let dora = "//Dora";
		let pia = world.patient("Pia", A);
		world.hire(dora, A, Role::Doctor);
		let end = world
			.read(|| Roles::credential_view(&account(dora), A))
			.unwrap()
			.0
			.valid_until;
		world.assign(&pia, dora);
		let note = world.record(dora, &pia, Category::Encounter);
		world.at(end - SECOND);
		assert_eq!(world.views(dora, A, note), permit(Basis::Author));
		world.at(end);
		assert_eq!(world.views(dora, A, note), deny(Reason::Inactive));
		let late = world.document(pia.id, Category::Encounter);
		let refused = pallet_records::Error::<Runtime>::NotPermitted.into();
		assert_eq!(world.register(dora, A, late), Err(refused));

		// A new licence is a new application, about which she decides nothing.
		world.hire(dora, A, Role::Doctor);
		assert_eq!(world.views(dora, A, note), permit(Basis::Author));
		let end = world
			.read(|| Roles::credential_view(&account(dora), A))
			.unwrap()
			.0
			.valid_until;
		world.at(end - 80 * DAY);
		world.hire(dora, A, Role::Doctor);
		world.at(end);
		assert_eq!(world.views(dora, A, note), permit(Basis::Author), "renewed in time");
	});
}

#[test]
fn a_suspended_practitioner_is_refused_in_the_next_block() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, NED);
		// Both are in the pool before any officer acts.
		let document = world.document(pia.id, Category::Vitals);
		let register = pallet_records::Call::register {
			record: document,
			purpose: Purpose::Treatment,
			institution: Some(A),
		};
		let pending = world.sign(NED, register);
		assert_eq!(world.pool(&pending), Ok(()));
		let suspend = Call::suspend_credential {
			account: account(NED),
			institution: A,
		};
		world.send("//Alice", suspend.clone()).unwrap();
		assert_eq!(
			world.submit(pending),
			Ok(Err(pallet_records::Error::<Runtime>::NotPermitted.into()))
		);
		world.refuses("//Alice", suspend, RolesError::CredentialNotActive);
		assert_eq!(world.appends(NED, A, &pia, Category::Vitals), deny(Reason::Inactive));

		// The same within one block: what comes after it is refused, what came before it stands.
		let document = world.document(pia.id, Category::Vitals);
		let register = pallet_records::Call::register {
			record: document,
			purpose: Purpose::Treatment,
			institution: Some(A),
		};
		let reinstate = Call::reinstate_credential {
			account: account(NED),
			institution: A,
		};
		let extrinsics = vec![world.sign(NED, register), world.sign("//Alice", reinstate)];
		let outcomes = world.block(world.now() + SECOND, extrinsics);
		assert!(matches!(outcomes[..], [Ok(Err(_)), Ok(Ok(()))]), "{outcomes:?}");
		assert_eq!(world.appends(NED, A, &pia, Category::Vitals), permit(Basis::Assignment));
	});
}

#[test]
fn who_is_hired_again_writes_for_nobody_of_before() {
	const LOCUM: &str = "//Alice//locum";
	story(|world| {
		let pia = world.patient("Pia", A);
		world.hire(LOCUM, A, Role::Doctor);
		world.assign(&pia, LOCUM);
		let writes = |world: &mut World| world.appends(LOCUM, A, &pia, Category::Vitals);
		assert_eq!(writes(world), permit(Basis::Assignment));
		world.later(366 * DAY);
		assert_eq!(writes(world), deny(Reason::Inactive));
		world.hire(LOCUM, A, Role::Doctor);
		assert_eq!(writes(world), deny(Reason::NoGrant));
		world.assign(&pia, LOCUM);
		assert_eq!(writes(world), permit(Basis::Assignment));
	});
}

#[test]
fn a_death_that_she_contests_counts_no_more_until_the_council_upholds_it() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		let image = world.record(ADA, &pia, Category::Imaging);
		let all = world.all_terms();
		world.grant(&pia, Grantee::Institution(B), all);
		assert!(world.views(BEA, B, image).is_permit());
		let dies = pallet_roles::Act::NoteDeath {
			patient: pia.id,
			at: world.now(),
		};
		world.officers_do(A, dies).unwrap();
		assert!(!world.views(BEA, B, image).is_permit());

		let contest = Call::contest_death { patient: pia.id };
		world.refuses(BEA, contest.clone(), RolesError::NotInvolved);
		world.send(&pia.key, contest.clone()).unwrap();
		assert!(world.views(BEA, B, image).is_permit());
		let upheld = Call::decide_death {
			patient: pia.id,
			upheld: true,
		};
		world.council(upheld).unwrap();
		assert!(!world.views(BEA, B, image).is_permit());
		world.refuses(&pia.key, contest, RolesError::DeathUpheld);
	});
}
