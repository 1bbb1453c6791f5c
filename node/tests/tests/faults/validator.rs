//! A validator that is killed while it imports blocks.

use super::{
	catch, patient,
	stream::{assert_kept, Stream},
	Final, DOCTOR,
};
use salus_tests::{agree, hospitals, text, until, Node, HOSPITALS};
use serde_json::json;
use std::{fs, time::Duration};

/// Who is killed, in turn; the stream goes through the first hospital.
const VICTIMS: [usize; 3] = [1, 2, 3];
/// What a victim misses while it is down, and imports in a row when it is back.
const MISSED: u64 = 3;
const BEGINS: &str = "Starting import of";
const ENDS: &str = "Imported ";

/// Where the log of a node's imports says it is: how many have begun, and how many of them have ended.
fn imports(node: &Node) -> (usize, usize) {
	let log = fs::read(node.base().join("log")).unwrap_or_default();
	let log = String::from_utf8_lossy(&log);
	let queue = log.lines().filter(|line| line.contains("sync::import-queue"));
	queue.fold((0, 0), |(begun, ended), line| {
		(
			begun + usize::from(line.contains(BEGINS)),
			ended + usize::from(line.contains(ENDS) && line.contains(" out of ")),
		)
	})
}

/// Any moment in the time that importing a block takes.
fn moment() -> Duration {
	let clock = std::time::SystemTime::now()
		.duration_since(std::time::UNIX_EPOCH)
		.unwrap();
	Duration::from_micros(u64::from(clock.subsec_nanos()) % 8_000)
}

/// Kills a node in the midst of its next import; whether it really was in the midst.
async fn kill_importing(node: Node) -> (salus_tests::Stopped, bool) {
	let (begun, _) = imports(&node);
	catch("an import", || async { imports(&node).0 > begun }).await;
	tokio::time::sleep(moment()).await;
	let stopped = node.kill();
	let log = fs::read_to_string(stopped.base().join("log")).unwrap();
	let last = log
		.lines()
		.rev()
		.find(|line| line.contains("sync::import-queue") && (line.contains(BEGINS) || line.contains(" out of ")));
	(stopped, last.is_some_and(|line| line.contains(BEGINS)))
}

/// How many peers a node is connected to.
async fn peers(node: &Node) -> u64 {
	let health = node.asked("system_health", json!([])).await;
	health["peers"].as_u64().unwrap()
}

/// Whether there is a round of which a node knows that all four have voted in it.
async fn all_vote(node: &Node) -> bool {
	let state = node.asked("grandpa_roundState", json!([])).await;
	let background = state["background"].as_array().unwrap();
	let all = |round: &serde_json::Value| round["prevotes"]["missing"].as_array().unwrap().is_empty();
	all(&state["best"]) || background.iter().any(all)
}

/// Four validators and a stream of transactions. One validator after the other is killed while it imports a block, and
/// killed again while it imports those that it missed; each comes back on what it has on its disk. All that was final
/// stays, on every node, and finality goes on all the time.
#[tokio::test(flavor = "multi_thread")]
async fn a_validator_that_is_killed_while_it_imports_comes_back() {
	let [alice, bob, eve, ferdie] = hospitals(None, &["-lsync::import-queue=debug"]);
	let (alice, bob, eve, ferdie) = tokio::join!(alice.start(), bob.start(), eve.start(), ferdie.start());
	agree(&[&alice, &bob, &eve, &ferdie], 1).await;
	let patient = patient(&alice);
	let id = patient.id.as_str();
	let letter = patient.salus.write("letter.txt", "I slept badly");
	let put = format!("record put {letter} --patient {id} --institution 0 --category laboratory");
	let record = text(&patient.salus.types_as(DOCTOR, &put).ok()["record"]);

	let staff = HOSPITALS.iter().flat_map(|name| {
		let name = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
		["admin", "doctor", "nurse"].map(|role| format!("//{name}//{role}"))
	});
	let staff: Vec<_> = staff.filter(|uri| uri != DOCTOR).collect();
	let stream = Stream::begin(&alice, &staff, Some(record.parse().unwrap())).await;

	let mut others = [Some(bob), Some(eve), Some(ferdie)];
	let mut amidst = 0;
	for victim in VICTIMS {
		let node = others[victim - 1].take().unwrap();
		let before = Final::of(&node, id).await;
		let (stopped, hit) = kill_importing(node).await;
		amidst += usize::from(hit);
		let (then, sent) = (alice.finalised().await.unwrap(), stream.finals());
		until("three of four go on", || async {
			let number = alice.finalised().await?;
			(number >= then + MISSED && stream.finals() > sent).then_some(())
		})
		.await;

		// The second time, among the blocks that it missed.
		let (stopped, hit) = kill_importing(stopped.launch().await).await;
		amidst += usize::from(hit);
		let node = stopped.start().await;
		agree(&[&alice, &node], alice.finalised().await.unwrap()).await;
		before.stands_on(&[&node, &alice], id).await;
		// All know each other again, and the one that is back votes: the next can go. Earlier, the others would wait for a
		// vote of the one that is rounds behind, and GRANDPA's peers tell their rounds again after two minutes only.
		for one in others.iter().flatten().chain([&alice, &node]) {
			until("peers", || async { (peers(one).await == 3).then_some(()) }).await;
		}
		until("all four vote", || async { all_vote(&alice).await.then_some(()) }).await;
		others[victim - 1] = Some(node);
	}
	assert!(amidst > 0, "no import was interrupted");

	let acknowledged = stream.end().await;
	let mut nodes = vec![&alice];
	nodes.extend(others.iter().flatten());
	assert_kept(&acknowledged, &nodes).await;
	let accesses = acknowledged
		.iter()
		.filter(|one| one.events.iter().any(|event| event.pallet == "Records"))
		.count();
	let trail = alice.trail(id).await;
	for node in &nodes {
		assert_eq!(node.trail(id).await, trail, "the trail is the same everywhere");
		let log = node.log();
		assert!(!log.contains("quivocat"), "nobody voted twice: {log}");
	}
	let read = trail.iter().filter(|entry| entry["kind"]["type"] == "AccessPermitted");
	assert_eq!(read.count(), accesses, "one entry for each access");
	println!(
		"{amidst} of {} kills came amidst an import; {} transactions stayed final",
		2 * VICTIMS.len(),
		acknowledged.len()
	);
}
