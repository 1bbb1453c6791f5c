use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};

use salus::{Hash, Offered};
use salus_primitives::{
	AuditEntry, Basis, ErrorReason, Kind as Happened, Moment, Offer, PatientId, Period, Purpose, Reason, DAY, HOUR,
	SECOND,
};
use tokio::sync::Notify;

use super::world::{genesis, World, NOW};
use crate::{
	contact::Kind,
	notices::{offered, text, told, Blocks, Deliverer, EntriesError, Entry, Follower, Page, SUBJECT},
	store::{Block, Event, NewNotice, Store},
	Contact, GatewayError,
};

type Inner = (BTreeMap<u32, Vec<Entry<u8>>>, u32, u32, BTreeMap<u32, Vec<Offered>>);

/// A chain in memory: blocks with their entries, the finalised head, and up to where states are pruned.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Inner>>);

fn hash(number: u32) -> Hash {
	Hash::from_low_u64_be(u64::from(number) + 1)
}

impl Memory {
	/// A finalised block in which this happened to these patients.
	fn block(&self, happened: &[(PatientId, Happened<u8>)]) -> u32 {
		let mut inner = self.0.lock().unwrap();
		let number = inner.0.len() as u32 + 1;
		let mut entries: Vec<Entry<u8>> = Vec::new();
		for (patient, kind) in happened {
			let old = inner.0.values().flatten().chain(&entries);
			let seq = old.filter(|(found, _)| found == patient).count() as u64 + 1;
			let entry = AuditEntry {
				seq,
				at: 0,
				actor: None,
				kind: kind.clone(),
			};
			entries.push((*patient, entry));
		}
		inner.0.insert(number, entries);
		inner.1 = number;
		number
	}

	/// A finalised block in which this was offered; the number of a block is its time.
	fn offers(&self, made: &[Offered]) {
		let number = self.block(&[]);
		self.0.lock().unwrap().3.insert(number, made.to_vec());
	}

	fn quiet(&self, blocks: u32) {
		for _ in 0..blocks {
			self.block(&[]);
		}
	}

	fn prune(&self) {
		let mut inner = self.0.lock().unwrap();
		inner.2 = inner.1;
	}
}

impl Blocks for Memory {
	type Account = u8;

	async fn head(&mut self) -> Result<Block, GatewayError> {
		let number = self.0.lock().unwrap().1;
		Ok(Block {
			number,
			hash: hash(number),
		})
	}

	async fn hash(&mut self, number: u32) -> Result<Option<Hash>, GatewayError> {
		Ok((number <= self.0.lock().unwrap().1).then(|| hash(number)))
	}

	async fn entries(&mut self, wanted: Hash) -> Result<Vec<Entry<u8>>, EntriesError> {
		let inner = self.0.lock().unwrap();
		let (number, entries) = inner.0.iter().find(|(number, _)| hash(**number) == wanted).unwrap();
		if *number <= inner.2 {
			return Err(EntriesError::Pruned);
		}
		Ok(entries.clone())
	}

	async fn offers(&mut self, wanted: Hash) -> Result<Vec<Offered>, GatewayError> {
		let inner = self.0.lock().unwrap();
		let found = inner.3.iter().find(|(number, _)| hash(**number) == wanted);
		Ok(found.map(|(_, made)| made.clone()).unwrap_or_default())
	}

	async fn open_offers(&mut self, wanted: Hash) -> Result<Vec<Offered>, GatewayError> {
		let inner = self.0.lock().unwrap();
		let now = inner.0.keys().find(|number| hash(**number) == wanted).copied();
		let made = inner.3.values().flatten();
		Ok(made
			.filter(|made| Some(made.offer.until) > now.map(Moment::from))
			.copied()
			.collect())
	}

	async fn trail(&mut self, patient: PatientId, from: u64) -> Result<Page<u8>, GatewayError> {
		let inner = self.0.lock().unwrap();
		let all = inner
			.0
			.iter()
			.flat_map(|(number, entries)| entries.iter().map(|entry| (*number, entry.clone())));
		let hers = all.filter(|(_, (found, entry))| *found == patient && entry.seq >= from);
		// Pages of three, so that a trail has several.
		Ok(hers.take(3).collect())
	}
}

fn asked(request: u64) -> Happened<u8> {
	Happened::ConsentRequested { request }
}

fn opened(receipt: u64, record: u64, basis: Basis) -> Happened<u8> {
	Happened::AccessPermitted {
		receipt,
		record,
		purpose: Purpose::Treatment,
		basis,
	}
}

fn offer(patient: PatientId, appointment: u64, until: Moment) -> Offered {
	Offered {
		patient,
		appointment,
		offer: Offer {
			period: Period::new(DAY, DAY + HOUR),
			until,
		},
	}
}

fn follower(world: &World, chain: &Memory) -> Follower<Memory> {
	Follower::new(
		world.store().clone(),
		chain.clone(),
		Arc::clone(&world.registrar.metrics),
		Arc::new(Notify::new()),
	)
}

async fn reach(store: &Store, patient: PatientId, contact: &str) {
	store
		.reach(patient, &Contact::parse(contact).unwrap(), NOW)
		.await
		.unwrap();
}

/// A world in which patient 7 is reached by mail and telephone, patient 8 by mail; the gateway has begun to follow.
async fn following() -> (World, Memory) {
	let (world, chain) = (World::new().await, Memory::default());
	for (patient, contact) in [(7, "jane@example.org"), (7, "+4930123456"), (8, "john@example.org")] {
		reach(world.store(), patient, contact).await;
	}
	chain.quiet(1);
	follower(&world, &chain).catch_up().await.unwrap();
	(world, chain)
}

fn deliverer(world: &World, kind: Kind) -> Deliverer {
	Deliverer {
		store: world.store().clone(),
		courier: Arc::clone(&world.registrar.courier),
		kind,
		config: toml::from_str("attempts = 3\npause = 30").unwrap(),
		genesis: genesis(),
		secret: world.secret.clone(),
		metrics: Arc::clone(&world.registrar.metrics),
		handed_over: Arc::new(Notify::new()),
	}
}

async fn deliver(world: &World) {
	for kind in Kind::ALL {
		while deliverer(world, kind).next(u64::MAX / 4).await.unwrap() {}
	}
}

/// To whom what was said, sorted.
async fn said(world: &World) -> Vec<(String, String)> {
	deliver(world).await;
	let word = |value: &serde_json::Value| value.as_str().unwrap().to_string();
	let messages = world.messages();
	let said = messages.iter().map(|message| {
		let text = word(&message["text"]);
		let (happened, _) = text.split_once("\r\n").unwrap();
		(word(&message["to"]), happened.to_string())
	});
	let mut said: Vec<_> = said.collect();
	said.sort();
	said
}

fn line(event: Event) -> String {
	text(event).split_once("\r\n").unwrap().0.to_string()
}

#[tokio::test]
async fn each_event_is_told_once_for_each_channel() {
	let (world, chain) = following().await;
	chain.block(&[(7, asked(1)), (8, opened(4, 1, Basis::Grant(0))), (9, asked(2))]);
	// One access to two records is one event.
	chain.block(&[(7, opened(5, 1, Basis::Author)), (7, opened(5, 2, Basis::Author))]);
	for _ in 0..3 {
		follower(&world, &chain).catch_up().await.unwrap();
	}
	let (asks, opens) = (line(Event::Asked(0)), line(Event::Opened(0)));
	let mut expected = vec![
		("+4930123456".to_string(), asks.clone()),
		("+4930123456".to_string(), opens.clone()),
		("jane@example.org".to_string(), asks),
		("jane@example.org".to_string(), opens.clone()),
		("john@example.org".to_string(), opens),
	];
	expected.sort();
	assert_eq!(said(&world).await, expected);
}

#[tokio::test]
async fn what_was_before_the_gateway_is_not_told() {
	let (world, chain) = (World::new().await, Memory::default());
	reach(world.store(), 7, "jane@example.org").await;
	chain.block(&[(7, asked(1))]);
	follower(&world, &chain).catch_up().await.unwrap();
	assert_eq!(said(&world).await, []);
}

#[tokio::test]
async fn who_comes_later_is_told_of_what_is_later() {
	let (world, chain) = following().await;
	chain.block(&[(9, asked(1))]);
	follower(&world, &chain).catch_up().await.unwrap();
	reach(world.store(), 9, "joe@example.org").await;
	chain.block(&[(9, asked(2))]);
	follower(&world, &chain).catch_up().await.unwrap();
	assert_eq!(
		said(&world).await,
		[("joe@example.org".to_string(), line(Event::Asked(2)))]
	);
}

#[tokio::test]
async fn a_gateway_that_was_away_for_long_reads_trails_and_tells_the_same() {
	for pruned in [false, true] {
		let (mut world, chain) = following().await;
		chain.block(&[(7, asked(1)), (8, asked(2))]);
		follower(&world, &chain).catch_up().await.unwrap();
		// Ten events on several pages; the near way and the far way, over pruned states and over states that are there.
		for request in 10..20 {
			chain.block(&[(8, asked(request)), (6, asked(100 + request))]);
		}
		chain.quiet(if pruned { 0 } else { 100 });
		if pruned {
			chain.prune();
		}
		world.restart().await;
		follower(&world, &chain).catch_up().await.unwrap();
		chain.block(&[(8, asked(20))]);
		follower(&world, &chain).catch_up().await.unwrap();
		let said = said(&world).await;
		let to = |contact: &str| said.iter().filter(|(to, _)| to == contact).count();
		assert_eq!(
			(to("john@example.org"), to("jane@example.org"), said.len()),
			(12, 1, 14),
			"pruned: {pruned}"
		);
	}
}

#[tokio::test]
async fn another_chain_under_the_same_name_is_refused() {
	let (world, chain) = following().await;
	chain.quiet(3);
	follower(&world, &chain).catch_up().await.unwrap();
	let mut change = world.store().begin().await.unwrap();
	let elsewhere = Block {
		number: 3,
		hash: hash(99),
	};
	crate::store::set_cursor(&mut change, elsewhere).await.unwrap();
	change.commit().await.unwrap();
	let error = follower(&world, &chain).catch_up().await.unwrap_err();
	assert!(matches!(error, GatewayError::CursorNotOnChain { number: 3 }), "{error}");
}

#[tokio::test]
async fn a_node_that_is_behind_is_waited_for() {
	let (world, chain) = following().await;
	chain.quiet(5);
	follower(&world, &chain).catch_up().await.unwrap();
	let behind = Memory::default();
	behind.quiet(2);
	assert_eq!(follower(&world, &behind).catch_up().await.unwrap().number, 6);
}

#[tokio::test]
async fn a_database_is_of_one_chain() {
	let world = World::new().await;
	let error = Store::open(&world.config.data, Hash::zero()).await.unwrap_err();
	assert!(matches!(error, GatewayError::ForeignGenesis { .. }), "{error}");
}

#[test]
fn only_what_others_do_is_told() {
	let events = |kind: Happened<u8>| -> Vec<Event> {
		let entry = AuditEntry {
			seq: 1,
			at: 0,
			actor: Some(1),
			kind,
		};
		told(1, &(7, entry)).into_iter().map(|notice| notice.event).collect()
	};
	assert_eq!(events(asked(3)), [Event::Asked(3)]);
	assert_eq!(events(opened(4, 1, Basis::Guardian)), [Event::Opened(4)]);
	assert_eq!(events(opened(4, 1, Basis::Subject)), []);
	assert_eq!(
		events(opened(4, 1, Basis::BreakGlass(9))),
		[Event::GlassBroken(9), Event::Opened(4)]
	);
	let readings = |basis| Happened::BatchAccessPermitted {
		receipt: 4,
		anchor: 2,
		purpose: Purpose::Treatment,
		basis,
	};
	assert_eq!(events(readings(Basis::Grant(1))), [Event::ReadingsOpened(4)]);
	assert_eq!(events(readings(Basis::Subject)), []);
	assert_eq!(
		events(readings(Basis::BreakGlass(9))),
		[Event::GlassBroken(9), Event::ReadingsOpened(4)]
	);
	for (kind, event) in [
		(Happened::AppointmentBooked { appointment: 5 }, Event::Appointment(1)),
		(
			Happened::AppointmentRescheduled { appointment: 5 },
			Event::Appointment(1),
		),
		(Happened::RecoveryBegunByContacts { controller: 7 }, Event::KeyLost(1)),
	] {
		assert_eq!(events(kind), [event]);
	}
	for quiet in [
		Happened::AppointmentArrived { appointment: 5 },
		Happened::GrantGiven { grant: 1 },
		Happened::RecordEnteredInError {
			record: 1,
			reason: ErrorReason::ALL[0],
		},
		Happened::AccessRefused {
			receipt: 1,
			record: 1,
			purpose: Purpose::Treatment,
			reason: Reason::NoGrant,
		},
	] {
		assert_eq!(events(quiet), []);
	}
}

#[tokio::test]
async fn broken_glass_is_told_once_a_case_and_each_opening() {
	let (world, chain) = following().await;
	chain.block(&[(8, opened(1, 1, Basis::BreakGlass(5)))]);
	chain.block(&[(8, opened(2, 1, Basis::BreakGlass(5)))]);
	follower(&world, &chain).catch_up().await.unwrap();
	let said = said(&world).await;
	let lines = |event| said.iter().filter(|(_, said)| *said == line(event)).count();
	assert_eq!((lines(Event::GlassBroken(5)), lines(Event::Opened(1))), (1, 2));
}

/// How many were told that they are offered an appointment.
async fn told_of_offers(world: &World) -> usize {
	let offered = line(Event::Offered(0));
	said(world).await.iter().filter(|(_, said)| *said == offered).count()
}

#[tokio::test]
async fn each_offer_is_told_once_to_whom_it_is_made() {
	let (world, chain) = following().await;
	chain.offers(&[offer(8, 1, 5_000), offer(6, 2, 5_000)]);
	follower(&world, &chain).catch_up().await.unwrap();
	assert_eq!(
		said(&world).await,
		[("john@example.org".to_string(), line(Event::Offered(0)))]
	);
	// Another time for the same appointment is another offer, and so is one of another appointment.
	chain.offers(&[offer(8, 1, 6_000), offer(8, 3, 6_000)]);
	chain.offers(&[offer(7, 4, 6_000)]);
	let mut again = follower(&world, &chain);
	again.catch_up().await.unwrap();
	again.catch_up().await.unwrap();
	// By mail and by telephone.
	assert_eq!(told_of_offers(&world).await, 5);
}

#[tokio::test]
async fn a_gateway_that_was_away_for_long_tells_the_offers_that_still_stand() {
	for is_pruned in [false, true] {
		let (mut world, chain) = following().await;
		let before = offer(8, 1, 5_000);
		chain.offers(&[before]);
		follower(&world, &chain).catch_up().await.unwrap();
		assert_eq!(told_of_offers(&world).await, 1);
		// One lapses while it is away, one stands, and one was told before.
		chain.offers(&[offer(8, 2, 5), offer(8, 3, 5_000)]);
		chain.quiet(if is_pruned { 3 } else { 100 });
		if is_pruned {
			chain.prune();
		}
		world.restart().await;
		follower(&world, &chain).catch_up().await.unwrap();
		assert_eq!(told_of_offers(&world).await, 2, "pruned: {is_pruned}");
		chain.offers(&[offer(8, 4, 5_000)]);
		follower(&world, &chain).catch_up().await.unwrap();
		assert_eq!(told_of_offers(&world).await, 3, "pruned: {is_pruned}");
	}
}

#[test]
fn an_offer_is_the_same_from_wherever_it_is_read_and_no_other_s() {
	let made = offer(7, 1, 5_000);
	assert_eq!(offered(3, &made), offered(3, &made));
	let mut others = [made; 4];
	others[0].appointment = 2;
	others[1].offer.until = 5_001;
	others[2].offer.period.start += 1;
	others[3].offer.period.end += 1;
	for other in others {
		assert_ne!(offered(3, &other).event, offered(3, &made).event);
	}
}

#[test]
fn a_notice_tells_nothing_about_anybody() {
	for event in [
		Event::Asked(71),
		Event::Opened(72),
		Event::GlassBroken(73),
		Event::Offered(74),
	] {
		let text = text(event);
		assert!(!text.contains(&event.subject().to_string()));
		let words = text.to_lowercase();
		let categories = salus_primitives::Category::ALL.iter().map(|category| category.name());
		let roles = salus_primitives::Role::ALL.iter().map(|role| role.name());
		for word in categories.chain(roles).chain(["doctor", "hospital", "http", "@"]) {
			// "other" is an ordinary word.
			assert!(
				word == "Other" || !words.contains(&word.to_lowercase()),
				"{word}: {words}"
			);
		}
		assert!(!SUBJECT.to_lowercase().contains("consent"));
	}
}

#[tokio::test]
async fn a_patient_who_withdrew_is_written_to_no_more() {
	let (world, chain) = following().await;
	chain.block(&[(7, asked(1)), (8, asked(2))]);
	follower(&world, &chain).catch_up().await.unwrap();
	assert_eq!(world.store().forget(7, Some(Kind::Mail)).await.unwrap(), 1);
	assert_eq!(world.store().forget(8, None).await.unwrap(), 1);
	chain.block(&[(7, asked(3)), (8, asked(4))]);
	follower(&world, &chain).catch_up().await.unwrap();
	let told: Vec<_> = said(&world).await.into_iter().map(|(to, _)| to).collect();
	assert_eq!(told, ["+4930123456", "+4930123456"]);
	let reached = world.store().reached().await.unwrap();
	assert!(reached.iter().all(|reached| reached.patient == 7), "{reached:?}");
	assert!(world.has_on_disk("+4930123456"), "who did not withdraw");
	assert!(!world.has_on_disk("jane@example.org") && !world.has_on_disk("john@example.org"));
}

/// A world whose hook is down, with one notice for a telephone.
async fn hook_down() -> World {
	let world = World::with("[hook]\nurl = \"http://127.0.0.1:1/\"\nsecret = \"secret\"\n").await;
	reach(world.store(), 7, "+4930123456").await;
	let notice = NewNotice {
		patient: 7,
		event: Event::Asked(3),
		block: 12,
	};
	let block = Block {
		number: 12,
		hash: hash(12),
	};
	world.store().hand_over(block, &[notice], &[], NOW).await.unwrap();
	world
}

#[tokio::test]
async fn what_stays_undelivered_is_the_desks_after_a_bounded_number_of_tries() {
	let world = hook_down().await;
	let phone = deliverer(&world, Kind::Phone);
	assert!(!phone.next(NOW - 1).await.unwrap(), "not before its time");
	// Pauses of 30 and 60 seconds between three tries.
	for (now, tried) in [
		(NOW, true),
		(NOW + 29 * SECOND, false),
		(NOW + 30 * SECOND, true),
		(NOW + 89 * SECOND, false),
		(NOW + 90 * SECOND, true),
		(NOW + DAY, false),
	] {
		assert_eq!(phone.next(now).await.unwrap(), tried, "{now}");
	}
	let undelivered = world.store().undelivered().await.unwrap();
	assert_eq!(undelivered.len(), 1);
	let found = &undelivered[0];
	assert_eq!(
		(
			found.patient,
			found.event,
			found.block,
			found.attempts,
			found.error.as_str()
		),
		(7, Event::Asked(3), 12, 3, "Unreachable")
	);
}

#[tokio::test]
async fn the_desk_tries_again_or_says_that_she_was_told() {
	let world = hook_down().await;
	let phone = deliverer(&world, Kind::Phone);
	for hour in 0..3 {
		assert!(phone.next(NOW + hour * HOUR).await.unwrap());
	}
	let id = world.store().undelivered().await.unwrap()[0].id;
	world.store().clear(id, false, NOW + DAY).await.unwrap();
	assert!(world.store().undelivered().await.unwrap().is_empty());
	for hour in 0..3 {
		assert!(phone.next(NOW + DAY + hour * HOUR).await.unwrap());
	}
	world.store().clear(id, true, NOW + 2 * DAY).await.unwrap();
	assert!(!phone.next(NOW + 10 * DAY).await.unwrap());
	let error = world.store().clear(id, true, NOW).await.unwrap_err();
	assert!(matches!(error, GatewayError::NotFound { .. }), "{error}");
}

#[tokio::test]
async fn what_a_dead_process_was_sending_is_sent_again_under_the_same_name() {
	let (mut world, chain) = following().await;
	chain.block(&[(8, asked(1))]);
	follower(&world, &chain).catch_up().await.unwrap();
	// Claimed, and then the process dies, before or after the server had it.
	let claim = world.store().claim(Kind::Mail, u64::MAX / 4).await.unwrap().unwrap();
	assert_eq!(claim.attempts, 1);
	assert_eq!(said(&world).await, []);
	world.restart().await;
	assert_eq!(world.store().recover(NOW).await.unwrap(), 1);
	deliver(&world).await;
	let first = world.messages();
	assert_eq!(first.len(), 1);
	// Whoever sends it a second time names it the same.
	let mail = deliverer(&world, Kind::Mail);
	world
		.registrar
		.courier
		.deliver(
			&claim.contact,
			&crate::delivery::Message {
				id: &mail.name(&claim),
				what: "notice",
				subject: SUBJECT,
				text: text(claim.event),
			},
		)
		.await
		.unwrap();
	assert_eq!(world.messages(), first);
}
