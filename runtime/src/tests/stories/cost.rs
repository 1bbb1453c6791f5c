//! The dearest decision there can be, made of signed calls alone: every list full, and nothing decides before the end.

use super::*;
use frame_support::__private::sp_tracing::tracing::{
	self,
	field::{Field, Visit},
	span, Event, Metadata, Subscriber,
};
use pallet_consent::{MAX_DENIALS, MAX_GRANTS, MAX_READS};
use salus_primitives::{Parent, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS};
use sp_core::hexdisplay::HexDisplay;
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};

/// Counts what the state machine says it was asked for, by key.
#[derive(Clone, Default)]
struct Reads(Arc<Mutex<BTreeMap<String, u32>>>);

impl Subscriber for Reads {
	fn enabled(&self, metadata: &Metadata<'_>) -> bool {
		metadata.target() == "state"
	}
	fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
		span::Id::from_u64(1)
	}
	fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
	fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
	fn enter(&self, _: &span::Id) {}
	fn exit(&self, _: &span::Id) {}
	fn event(&self, event: &Event<'_>) {
		let mut line = Line::default();
		event.record(&mut line);
		if ["Get", "Exists"].contains(&line.method.as_str()) {
			*self.0.lock().unwrap().entry(line.key).or_default() += 1;
		}
	}
}

/// One line of the state machine's.
#[derive(Default)]
struct Line {
	method: String,
	key: String,
}

impl Visit for Line {
	fn record_str(&mut self, field: &Field, value: &str) {
		if field.name() == "method" {
			self.method = value.into();
		}
	}
	fn record_debug(&mut self, field: &Field, value: &dyn core::fmt::Debug) {
		if field.name() == "key" {
			self.key = format!("{value:?}");
		}
	}
}

fn reads_of<T>(done: impl FnOnce() -> T) -> (T, BTreeMap<String, u32>) {
	let reads = Reads::default();
	let outcome = tracing::subscriber::with_default(reads.clone(), done);
	let counted = reads.0.lock().unwrap().clone();
	(outcome, counted)
}

/// The longest terms that may be passed on, and that cover the record. Each differs.
fn longest(world: &mut World, record: RecordId, until: Moment) -> Terms {
	world.made += 1;
	let others = (1_000..).take(MAX_TERMS_RECORDS as usize - 1);
	let drawers = (0..).take(MAX_TERMS_COMPARTMENTS as usize);
	Terms {
		records: std::iter::once(record)
			.chain(others)
			.collect::<Vec<_>>()
			.try_into()
			.unwrap(),
		compartments: drawers.collect::<Vec<_>>().try_into().unwrap(),
		recorded_from: Some(1),
		recorded_until: Some(Moment::MAX),
		ends: until - world.made,
		uses: Some(1_000),
		erase_after: Some(until + DAY),
		outlives: true,
		..world.all_terms()
	}
}

/// Grants to this grantee until the list is full.
fn fill(world: &mut World, patient: &Patient, grantee: &Grantee<AccountId>, record: RecordId) {
	let until = world.now() + 30 * DAY;
	let list = |world: &mut World| {
		world
			.read(|| pallet_consent::Grants::<Runtime>::get(patient.id, grantee))
			.len()
	};
	while list(world) < MAX_GRANTS as usize {
		let terms = longest(world, record, until);
		world.grant(patient, grantee.clone(), terms);
	}
}

#[test]
fn the_dearest_decision_reads_as_many_items_as_is_said_and_none_but_the_clock_twice() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let others = ["//Cara", "//Dina", "//Elsa"];
		for other in others {
			world.hire(other, A, Role::Doctor);
		}
		world.assign(&pia, ADA);
		world.assign(&pia, "//Cara");
		let document = world.document(pia.id, Category::Imaging);
		let record = world.register("//Cara", A, document).unwrap();
		// She has a guardian, who gave nothing.
		let given = guardians::guardian(world, "//Mum", pia.id, &[Action::View], guardians::MAJORITY);
		world.officers_do(A, given).unwrap();
		let lost_at = world.now();

		// A grant that came to Ada through three others.
		let until = world.now() + 30 * DAY;
		let terms = longest(world, record, until);
		let mut holder = (
			others[0],
			world.grant(&pia, Grantee::Account(account(others[0])), terms.clone()),
		);
		for to in [others[1], others[2], ADA] {
			let from = Parent {
				grantee: Grantee::Account(account(holder.0)),
				grant: holder.1,
			};
			let id = world.read(pallet_consent::NextGrant::<Runtime>::get);
			let pass_on = Consents::pass_on {
				patient: pia.id,
				institution: A,
				from,
				to: account(to),
				terms: terms.clone(),
			};
			world.send(holder.0, pass_on).unwrap();
			holder = (to, id);
		}
		for other in others {
			fill(world, &pia, &Grantee::Account(account(other)), record);
		}
		for grantee in [
			Grantee::Account(account(ADA)),
			Grantee::Institution(A),
			Grantee::Role(Role::Doctor, A),
			Grantee::Assigned(A),
		] {
			fill(world, &pia, &grantee, record);
		}
		// The last slot is kept for a denial of everything, which would decide.
		for other in 1..u64::from(MAX_DENIALS) {
			let terms = DenialTerms {
				account: Some(account(ADA)),
				record: Some(record + other),
				..everything()
			};
			world.send(&pia.key, Consents::deny { patient: pia.id, terms }).unwrap();
		}
		world.open_case(ADA, A, pia.id);
		// Everything that she granted is in doubt, which is checked last.
		recovery::begin(world, &pia, lost_at);

		let stored = world.read(|| Records::record(record)).unwrap();
		let request = AccessRequest {
			requester: account(ADA),
			on_behalf_of: Some(A),
			patient: pia.id,
			record: Some(record),
			custodian: stored.custodian,
			category: stored.category,
			compartment: stored.compartment,
			recorded_at: stored.recorded_at,
			author: stored.author,
			status: Some(stored.status),
			action: Action::View,
			purpose: Purpose::Emergency,
		};
		let (decision, read) = reads_of(|| world.decide(&request));
		assert_eq!(decision, deny(Reason::Suspended));
		assert_eq!(read.len(), MAX_READS as usize, "{read:#?}");
		// The registry looks at the clock for itself, which every block has in memory.
		let clock = HexDisplay::from(&pallet_timestamp::Now::<Runtime>::hashed_key()).to_string();
		let again: Vec<_> = read
			.iter()
			.filter(|(_, times)| **times > 1)
			.map(|(key, _)| key)
			.collect();
		assert_eq!(again, [&clock], "{read:#?}");
	});
}
