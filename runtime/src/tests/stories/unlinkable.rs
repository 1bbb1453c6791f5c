//! One person has two ids, at two hospitals. Nothing on chain says that they are one person's.

use super::{
	scanner::{in_common, Place, Scan, Traces, Window},
	*,
};
use codec::Encode;
use pallet_roles::{Call, ContactsCommitment};
use salus_primitives::{contacts_commitment, wrapped, CARD_TAG, MINUTE};
use sp_core::Pair;
use sp_io::hashing::blake2_256;
use std::collections::BTreeSet;

/// One of somebody's ids in use.
struct Id {
	person: &'static str,
	patient: Patient,
	salt: [u8; 32],
	commitment: Vec<u8>,
}

impl Id {
	fn traces(&self) -> Traces {
		Traces::of(&self.patient, &[&self.salt, &self.commitment])
	}
}

/// The contacts whom everybody trusts: friends of one person can be friends of another.
fn contacts() -> Vec<AccountId> {
	["//Friend//1", "//Friend//2"].map(account).to_vec()
}

/// Salts are drawn at random, one for each commitment.
fn salt(person: &str, institution: InstitutionId) -> [u8; 32] {
	blake2_256(&("salt", person, institution).encode())
}

/// People with an id each, registered one after the other and doing the same, in turns: consents, records, accesses, a
/// denial, an emergency, contacts. Between two of them passes time in which nobody does anything.
fn lives(world: &mut World, people: &[(&'static str, InstitutionId, [u8; 32])]) -> Vec<Id> {
	let pause = |world: &mut World| world.later(7 * SECOND);
	let mut ids = Vec::new();
	for (person, institution, salt) in people {
		pause(world);
		let patient = world.patient(person, *institution);
		let commitment = contacts_commitment(salt, 2, &contacts());
		ids.push(Id {
			person,
			patient,
			salt: *salt,
			commitment: commitment.as_bytes().to_vec(),
		});
	}
	let mut records = Vec::new();
	for Id { patient, .. } in &ids {
		pause(world);
		let doctor = if patient.at == A { ADA } else { BEA };
		world.assign(patient, doctor);
		records.push(world.record(doctor, patient, Category::Laboratory));
	}
	for (Id { patient, .. }, record) in ids.iter().zip(&records) {
		pause(world);
		let (elsewhere, doctor) = if patient.at == A { (B, BEA) } else { (A, ADA) };
		let terms = world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Laboratory]);
		world.access(doctor, Some(elsewhere), *record, Purpose::Treatment);
		let request = world.ask(doctor, elsewhere, patient, terms.clone());
		let approve = Consents::approve {
			patient: patient.id,
			requester: account(doctor),
			request,
			terms,
		};
		world.send(&patient.key, approve).unwrap();
		assert!(world
			.access(doctor, Some(elsewhere), *record, Purpose::Treatment)
			.is_permit());
		world.access(&patient.key, None, *record, Purpose::PatientRequest);
	}
	for Id {
		patient, commitment, ..
	} in &ids
	{
		pause(world);
		let refuse = Consents::deny {
			patient: patient.id,
			terms: DenialTerms {
				category: Some(Category::Genomic),
				..everything()
			},
		};
		world.send(&patient.key, refuse).unwrap();
		let contacts = Some(ContactsCommitment {
			threshold: 2,
			commitment: Hash::from_slice(commitment),
		});
		world
			.send(&patient.key, Call::set_recovery_contacts { contacts })
			.unwrap();
		let nurse = if patient.at == A { (NED, A) } else { (NAT, B) };
		let case = world.open_case(nurse.0, nurse.1, patient.id);
		let close = Consents::close_case {
			patient: patient.id,
			case,
		};
		world.send(nurse.0, close).unwrap();
	}
	ids
}

/// The card that she shows a doctor: id, account and time, signed.
fn card(world: &World, patient: &Patient) -> Place {
	let controller = account(&patient.key);
	let said = (
		world.genesis,
		patient.at,
		patient.id,
		controller,
		world.now() + 5 * MINUTE,
	);
	let signature: Signature = key(&patient.key).sign(&wrapped(CARD_TAG, &said)).into();
	Place {
		name: format!("the card of {}", patient.id),
		bytes: (said, signature).encode(),
		about: [patient.id].into(),
	}
}

/// What only the two ids of one person have in common.
fn link(scan: &Scan, ids: &[Id]) -> BTreeSet<Window> {
	let words: Vec<_> = ids.iter().map(|id| (id.person, scan.words_of(&id.traces()))).collect();
	in_common(&words)
}

/// Pia has two ids; the others live as she does.
fn people() -> Vec<(&'static str, InstitutionId, [u8; 32])> {
	[
		("Rob", A),
		("Pia", A),
		("Sue", B),
		("Zed", A),
		("Pia", B),
		("Vic", B),
		("Tom", A),
		("Una", B),
	]
	.map(|(person, institution)| (person, institution, salt(person, institution)))
	.to_vec()
}

/// The scan of all that is on chain, and the cards that were shown.
fn scan(world: &mut World, ids: &[Id]) -> Scan {
	let cards: Vec<_> = ids.iter().map(|id| card(world, &id.patient)).collect();
	let mut scan = Scan::of(world);
	scan.places.extend(cards);
	scan
}

fn of_pia(ids: &[Id]) -> [&Id; 2] {
	let [first, second] = ids.iter().filter(|id| id.person == "Pia").collect::<Vec<_>>()[..] else {
		panic!("Pia has two ids");
	};
	[first, second]
}

#[test]
fn nothing_on_chain_links_two_ids_of_one_person() {
	story(|world| {
		let ids = lives(world, &people());
		let scan = scan(world, &ids);
		let [at_a, at_b] = of_pia(&ids).map(Id::traces);
		// The scanner sees what there is: patient, keys, terms, trail, records, receipts, cases, and what was sent.
		for traces in [&at_a, &at_b] {
			let places = scan.places_of(traces);
			for kind in ["state", "extrinsic", "event", "the card"] {
				let count = places.iter().filter(|place| place.name.starts_with(kind)).count();
				assert!(count >= if kind == "the card" { 1 } else { 10 }, "{count} {kind}");
			}
		}
		let names = |traces| {
			scan.places_of(traces)
				.iter()
				.map(|place| place.name.clone())
				.collect::<BTreeSet<_>>()
		};
		let both: Vec<_> = names(&at_a).intersection(&names(&at_b)).cloned().collect();
		assert!(both.is_empty(), "{both:#?}");
		let link = link(&scan, &ids);
		assert!(link.is_empty(), "{:#?}", scan.explain(&link));
	});
}

#[test]
fn the_scanner_finds_a_salt_that_was_used_for_both() {
	story(|world| {
		let mut people = people();
		for (_, _, salt) in people.iter_mut().filter(|(person, ..)| *person == "Pia") {
			*salt = [0xd5; 32];
		}
		let ids = lives(world, &people);
		let scan = scan(world, &ids);
		let commitment = contacts_commitment(&[0xd5; 32], 2, &contacts());
		let link = link(&scan, &ids);
		assert!(
			link.iter().any(|window| commitment.as_bytes().starts_with(window)),
			"{link:?}"
		);
	});
}

#[test]
fn a_key_used_twice_is_refused_and_would_be_found() {
	story(|world| {
		let ids = lives(world, &people());
		let [first, second] = of_pia(&ids);
		let terms = world.read(|| Roles::institution(B).unwrap().admission_terms);
		let fresh = derive("Pia", world.genesis, B, 1);
		let same_account = (first.patient.key.clone(), fresh.1);
		let same_hpke = (fresh.0, first.patient.hpke.clone());
		let used = first.traces().data;
		let mut scan = scan(world, &ids);
		for (keys, code) in [
			(same_account, pallet_roles::pool_errors::ACCOUNT_IN_USE),
			(same_hpke, pallet_roles::pool_errors::HPKE_KEY_IN_USE),
		] {
			let registration = world.registration_with(keys, B, terms.clone());
			assert_eq!(world.pool(&registration), Err(refusals::custom(code)));
			// Had a chain taken it, it would stand in a block.
			scan.places.push(Place {
				name: "a registration".into(),
				bytes: registration.encode(),
				about: [second.patient.id].into(),
			});
			let found = link(&scan, &ids);
			let whole = |datum: &&Vec<u8>| datum.windows(8).all(|window| found.iter().any(|found| found == window));
			assert!(used.iter().any(|datum| whole(&datum)), "{:#?}", scan.explain(&found));
			scan.places.pop();
		}
	});
}
