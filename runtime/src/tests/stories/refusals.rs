//! What nobody gets away with: each is refused by its own error and changes nothing.

use super::*;
use frame_support::inherent::ProvideInherent;
use pallet_roles::{pool_errors, Act, Call};
use salus_primitives::Application;
use sp_block_builder::runtime_decl_for_block_builder::BlockBuilder;
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// The pool's word on an account that was never registered, or has gone.
pub const UNREGISTERED: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Payment);

/// The pool's word on a registration.
pub fn custom(code: u8) -> TransactionValidityError {
	TransactionValidityError::Invalid(InvalidTransaction::Custom(code))
}

fn published(world: &mut World, institution: InstitutionId) -> Terms {
	world.read(|| Roles::institution(institution).unwrap().admission_terms)
}

#[test]
fn a_voucher_is_good_once() {
	story(|world| {
		let terms = published(world, A);
		let registration = world.registration("Pia", A, terms.clone());
		world.submit(registration.clone()).unwrap().unwrap();
		assert_eq!(world.pool(&registration), Err(custom(pool_errors::VOUCHER_USED)));
		let before = world.care();
		let outcome = world.block(world.now() + SECOND, vec![registration.clone()]);
		assert_eq!(
			outcome[0],
			Err(custom(pool_errors::VOUCHER_USED)),
			"nor does an author put it into a block"
		);
		assert!(world.care() == before);

		// Once it is over it may be forgotten, and is still good for nothing.
		world.later(7 * DAY);
		let RuntimeCall::Roles(Call::register_patient { voucher, .. }) = &registration.function else {
			panic!("a registration");
		};
		let keys = vec![voucher.key].try_into().unwrap();
		world.send(ADA, Call::prune_vouchers { keys }).unwrap();
		assert_eq!(world.pool(&registration), Err(custom(pool_errors::VOUCHER_EXPIRED)));
	});
}

#[test]
fn nobody_takes_more_than_was_offered() {
	story(|world| {
		let wider = Terms {
			categories: CategorySet::ALL,
			..published(world, A)
		};
		let registration = world.registration("Pia", A, wider);
		assert_eq!(world.pool(&registration), Err(custom(pool_errors::TERMS_WIDER)));

		let pia = world.patient("Pia", A);
		let asked = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Imaging]);
		let request = world.ask(BEA, B, &pia, asked.clone());
		let widened = [
			Terms {
				actions: ActionSet::of(&[Action::View, Action::Share]),
				..asked.clone()
			},
			Terms {
				purposes: PurposeSet::of(&[Purpose::Treatment, Purpose::PublicHealth]),
				..asked.clone()
			},
			Terms {
				ends: asked.ends + 1,
				..asked.clone()
			},
			Terms {
				starts: asked.starts - 1,
				..asked.clone()
			},
			Terms {
				compartments: vec![1].try_into().unwrap(),
				..asked.clone()
			},
		];
		for terms in widened {
			let approve = Consents::approve {
				patient: pia.id,
				requester: account(BEA),
				request,
				terms,
			};
			world.refuses(&pia.key, approve, ConsentError::TermsWider);
		}
		// Nor does anybody ask for what her role may never do, or answer in the patient's place.
		let claims = Terms {
			categories: CategorySet::of(&[Category::Claims]),
			..asked.clone()
		};
		let ask = Consents::ask {
			patient: pia.id,
			institution: B,
			terms: claims,
			expires_at: world.now() + DAY,
		};
		world.refuses(BEA, ask, ConsentError::RoleForbids);
		let approve = Consents::approve {
			patient: pia.id,
			requester: account(BEA),
			request,
			terms: asked,
		};
		world.refuses(BEA, approve.clone(), ConsentError::NotThePatient);
		world.refuses("//Alice", approve, ConsentError::NotThePatient);
	});
}

#[test]
fn terms_in_the_past_or_the_wrong_way_round_are_no_terms() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let good = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Imaging]);
		let now = world.now();
		let bad = [
			(
				Terms {
					ends: now,
					..good.clone()
				},
				ConsentError::TermsInverted,
			),
			(
				Terms {
					starts: now - DAY,
					ends: now - HOUR,
					..good.clone()
				},
				ConsentError::TermsInPast,
			),
			(
				Terms {
					recorded_from: Some(now),
					recorded_until: Some(now),
					..good.clone()
				},
				ConsentError::RangeInverted,
			),
			(
				Terms {
					erase_after: Some(now),
					..good.clone()
				},
				ConsentError::EraseTooEarly,
			),
			(
				Terms {
					uses: Some(0),
					..good.clone()
				},
				ConsentError::NoUses,
			),
			(
				Terms {
					actions: ActionSet::EMPTY,
					..good.clone()
				},
				ConsentError::TermsEmpty,
			),
		];
		for (terms, error) in bad {
			let give = Consents::grant {
				patient: pia.id,
				grantee: Grantee::Account(account(BEA)),
				terms: terms.clone(),
			};
			world.refuses(&pia.key, give, error);
		}
		let ask = |expires_at| Consents::ask {
			patient: pia.id,
			institution: B,
			terms: good.clone(),
			expires_at,
		};
		world.refuses(BEA, ask(now), ConsentError::ExpiryInPast);
		world.refuses(BEA, ask(now + 31 * DAY), ConsentError::ExpiryTooFar);
		let case = |ends_at| Consents::open_case {
			patient: pia.id,
			institution: B,
			reason: EmergencyReason::LifeThreat,
			justification: Hash::repeat_byte(1),
			ends_at,
		};
		world.refuses(BEA, case(now), ConsentError::CaseEndsInPast);
		world.refuses(BEA, case(now + 25 * HOUR), ConsentError::CaseTooLong);
		let incident = |ends_at| Consents::declare_incident {
			institution: B,
			ends_at,
		};
		world.refuses("//Bob", incident(now), ConsentError::IncidentEndsInPast);
		world.refuses("//Bob", incident(now + 73 * HOUR), ConsentError::IncidentTooLong);
	});
}

#[test]
fn a_credential_has_its_dates_in_order() {
	story(|world| {
		let (application, signature) = world.application("//Dora", A, Role::Doctor);
		let now = world.now();
		let approve = |application: &Application<AccountId>, valid_from, valid_until| Call::approve_application {
			application: application.clone(),
			signature: signature.clone(),
			valid_from,
			valid_until,
		};
		world.refuses(
			"//Alice",
			approve(&application, now + DAY, now),
			RolesError::DatesInverted,
		);
		world.refuses(
			"//Alice",
			approve(&application, now - DAY, now),
			RolesError::DatesInPast,
		);
		let forged = Application {
			role: Role::PrivacyOfficer,
			..application.clone()
		};
		world.refuses(
			"//Alice",
			approve(&forged, now, now + DAY),
			RolesError::ApplicantSignatureInvalid,
		);
		world
			.send("//Alice", approve(&application, now, now + 365 * DAY))
			.unwrap();
		world.refuses(
			"//Alice",
			approve(&application, now, now + 365 * DAY),
			RolesError::CredentialExists,
		);
	});
}

#[test]
fn an_officer_decides_nothing_about_herself() {
	story(|world| {
		let (application, signature) = world.application("//Alice", A, Role::Doctor);
		let approve = Call::approve_application {
			application,
			signature,
			valid_from: world.now(),
			valid_until: world.now() + DAY,
		};
		world.refuses("//Alice", approve, RolesError::OwnCredential);

		let registrar = "//Alice//registrar";
		world.officers_do(A, Act::NameRegistrar(account(registrar))).unwrap();
		let (application, applicant_signature) = world.application("//Alice", A, Role::Doctor);
		let submit = Call::submit_application {
			applicant: account("//Alice"),
			application,
			applicant_signature,
		};
		world.send(registrar, submit).unwrap();
		let approve = Call::approve_attested_application {
			applicant: account("//Alice"),
			institution: A,
			valid_from: world.now(),
			valid_until: world.now() + DAY,
		};
		world.refuses("//Alice", approve, RolesError::OwnCredential);
		// Nor does the registrar attest her own, or an officer become registrar.
		let (application, applicant_signature) = world.application(registrar, A, Role::Nurse);
		let submit = Call::submit_application {
			applicant: account(registrar),
			application,
			applicant_signature,
		};
		world.refuses(registrar, submit, RolesError::OwnCredential);
		let propose = Call::propose_act {
			institution: A,
			act: Act::NameRegistrar(account("//Charlie")),
		};
		world.refuses("//Alice", propose, RolesError::RegistrarIsOfficer);
	});
}

#[test]
fn full_lists_have_an_error_and_a_way_out() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let terms = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Imaging]);
		let ends = |n: u64| Terms {
			ends: terms.ends + n,
			..terms.clone()
		};
		let ask = |n| Consents::ask {
			patient: pia.id,
			institution: B,
			terms: ends(n),
			expires_at: terms.starts + DAY,
		};
		for n in 0..8 {
			world.send(BEA, ask(n)).unwrap();
		}
		world.refuses(BEA, ask(3), ConsentError::DuplicateRequest);
		world.refuses(BEA, ask(8), ConsentError::TooManyRequests);
		let withdraw = Consents::withdraw {
			patient: pia.id,
			request: 0,
		};
		world.send(BEA, withdraw).unwrap();
		world.send(BEA, ask(8)).unwrap();

		let bea = || Grantee::Account(account(BEA));
		let first = world.grant(&pia, bea(), ends(0));
		for n in 1..16 {
			world.grant(&pia, bea(), ends(n));
		}
		let another = Consents::grant {
			patient: pia.id,
			grantee: bea(),
			terms: ends(16),
		};
		world.refuses(&pia.key, another.clone(), ConsentError::TooManyGrants);
		let revoke = Consents::revoke {
			patient: pia.id,
			grantee: bea(),
			grant: first,
		};
		world.send(&pia.key, revoke.clone()).unwrap();
		world.refuses(&pia.key, revoke.clone(), ConsentError::AlreadyRevoked);
		world.send(&pia.key, another).unwrap();
		world.refuses(&pia.key, revoke, ConsentError::UnknownGrant);

		let refuse = |record| Consents::deny {
			patient: pia.id,
			terms: DenialTerms {
				record: Some(record),
				..everything()
			},
		};
		for record in 0..31 {
			world.send(&pia.key, refuse(record)).unwrap();
		}
		world.refuses(&pia.key, refuse(5), ConsentError::DuplicateDenial);
		world.refuses(&pia.key, refuse(31), ConsentError::TooManyDenials);
		let everybody = Consents::deny {
			patient: pia.id,
			terms: everything(),
		};
		world.send(&pia.key, everybody).unwrap();

		let others = ["Rob", "Sue", "Tom"].map(|person| world.patient(person, A).id);
		let mut cases = others.map(|patient| (patient, world.open_case(BEA, B, patient)));
		let fourth = world.case(pia.id, B);
		world.refuses(BEA, fourth, ConsentError::TooManyOpenCases);
		let again = world.case(others[0], B);
		world.refuses(BEA, again, ConsentError::AlreadyInvolved);
		let (patient, case) = cases[0];
		world.send(BEA, Consents::close_case { patient, case }).unwrap();
		cases[0] = (pia.id, world.open_case(BEA, B, pia.id));
		let join = Consents::join_case {
			patient: cases[0].0,
			case: cases[0].1,
		};
		let approve = Consents::approve_case {
			patient: cases[0].0,
			case: cases[0].1,
			institution: B,
		};
		world.send(NAT, approve.clone()).unwrap();
		world.refuses(NAT, approve, ConsentError::AlreadyApproved);
		world.refuses(NAT, join, ConsentError::AlreadyApproved);
	});
}

#[test]
fn when_the_clock_jumps_everything_is_as_old_as_the_clock_says() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		let image = world.record(ADA, &pia, Category::Imaging);
		world.hire("//Dora", B, Role::Doctor);
		let terms = world.terms(
			&[Action::View],
			&[Purpose::Treatment, Purpose::Emergency],
			&[Category::Imaging],
		);
		let request = world.ask(BEA, B, &pia, terms.clone());
		for who in [BEA, "//Dora"] {
			world.grant(&pia, Grantee::Account(account(who)), terms.clone());
		}
		let case = world.open_case(BEA, B, pia.id);
		let offered = published(world, A);
		let registration = world.registration("Rob", A, offered);
		let act = Act::AddOfficer(account("//Alice//third"));
		let propose = Call::propose_act {
			institution: A,
			act: act.clone(),
		};
		world.send("//Alice", propose).unwrap();

		world.later(3 * 365 * DAY);
		assert_eq!(world.views(BEA, B, image), deny(Reason::Expired));
		assert_eq!(world.views("//Dora", B, image), deny(Reason::Inactive));
		assert_eq!(
			world.may(BEA, Some(B), Action::View, image, Purpose::Emergency),
			deny(Reason::Expired)
		);
		let approve = Consents::approve {
			patient: pia.id,
			requester: account(BEA),
			request,
			terms,
		};
		world.refuses(&pia.key, approve, ConsentError::RequestExpired);
		let join = Consents::join_case { patient: pia.id, case };
		world.refuses(NAT, join, ConsentError::CaseEnded);
		let confirm = Call::confirm_act { institution: A, act };
		world.refuses("//Charlie", confirm, RolesError::ActNotProposed);
		assert_eq!(world.pool(&registration), Err(custom(pool_errors::VOUCHER_EXPIRED)));
		assert_eq!(world.read(|| Consent::reviews(B)).overdue, 1);
		// What has no end goes on.
		assert_eq!(world.views(ADA, A, image), permit(Basis::Author));
	});
}

/// What another validator, whose own clock is a second after the last block's, says to a block with this clock.
fn imported(world: &mut World, clock: Moment) -> CheckInherentsResult {
	let clock = UncheckedExtrinsic::new_bare(pallet_timestamp::Call::set { now: clock }.into());
	let header = world.blocks.last().unwrap().header.clone();
	let block = Block {
		header,
		extrinsics: vec![clock],
	};
	let mut own = InherentData::new();
	let id = <Timestamp as ProvideInherent>::INHERENT_IDENTIFIER;
	own.put_data(id, &(world.now() + SECOND)).unwrap();
	world.read(|| <Runtime as BlockBuilder<Block>>::check_inherents(block.into(), own))
}

#[test]
fn an_author_moves_the_clock_neither_far_ahead_nor_back() {
	story(|world| {
		let now = world.now() + SECOND;
		assert!(imported(world, now).ok());
		assert!(imported(world, now + 20 * SECOND).ok());
		assert!(!imported(world, now + HOUR).ok(), "half a minute at most");
		assert!(!imported(world, now - 10 * SECOND).ok(), "and never back");
	});
}
