//! `salus-gateway vitals`, and what is sent to the chain.

use clap::Parser;
use codec::{Decode, Encode};
use salus::words;
use salus_primitives::{Ladder, Rung, DAY, HOUR};
use serde_json::{json, Value};
use subxt::{ext::frame_decode::extrinsics::encode_call_data, Metadata};

use super::{
	super::world::{private, World},
	world::{account, NURSE, PATIENT},
};
use crate::{alarms::raise, cli::Vitals, GatewayError};

#[derive(Parser)]
struct Line {
	#[command(subcommand)]
	vitals: Vitals,
}

async fn world() -> World {
	let telemetry = "[telemetry]\nkey = \"key\"\nvault = \"http://127.0.0.1:1\"\naccount = { development_key = \"//Alice//admin\" }\n[telemetry.http]\nlisten = \"127.0.0.1:0\"\n\
		[alarms]\ndevelopment_key = \"//Alice//admin\"\n[file]\nfolder = \"messages\"\n";
	let world = World::with(telemetry).await;
	private(&world.folder, "key", &hex::encode([5; 32]));
	private(&world.folder, "address", "nurse@example.org");
	world
}

async fn run(world: &World, line: &str) -> Result<Value, GatewayError> {
	let by = format!("--by {}", hex::encode(NURSE));
	let line = line
		.replace("BY", &by)
		.replace("NURSE", &hex::encode(NURSE))
		.replace("ADDRESS", &world.folder.path().join("address").display().to_string())
		.replace("YESTERDAY", &words::show_moment(words::now() - DAY))
		.replace("2DAYS", &words::show_moment(words::now() + 2 * DAY))
		.replace("TOMORROW", &words::show_moment(words::now() + DAY));
	let typed = ["vitals"].into_iter().chain(line.split_whitespace());
	let parsed = Line::try_parse_from(typed).unwrap_or_else(|error| panic!("{line}: {error}"));
	let report = parsed.vitals.run(&world.config, world.store()).await?;
	assert!(!report.lines().is_empty());
	Ok(report.json().clone())
}

#[tokio::test]
async fn what_a_person_enters_is_in_the_log() {
	let world = world().await;
	let device = "ab".repeat(32);
	for line in [
		"person 7 --born 1980-05-17 --pregnant no BY",
		"consciousness 7 alert BY",
		"oxygen 7 air BY",
		"limits --patient 7 15074-8 mmol/L --low 3.9 --high 10 BY",
		"limits --patient 7 15074-8 --none BY",
		&format!("limits --device {device} 8867-4 /min --high 120 BY"),
		&format!("interval {device} 60s BY"),
		&format!("interval {device} none BY"),
		"addressee add NURSE --contact-file ADDRESS",
		"ladder --nurse NURSE=10m BY",
		"ladder --patient 7 --none BY",
		"duty NURSE --from YESTERDAY --until TOMORROW BY",
		"duty none --from YESTERDAY --until TOMORROW BY",
	] {
		run(&world, line).await.unwrap();
	}
	let log = run(&world, "log").await.unwrap();
	let whats: Vec<_> = log
		.as_array()
		.unwrap()
		.iter()
		.map(|entry| entry["set"]["what"].clone())
		.collect();
	let expected = [
		"person",
		"consciousness",
		"oxygen",
		"limits",
		"noLimits",
		"limits",
		"interval",
		"interval",
		"ladder",
		"ladder",
		"duty",
		"duty",
	];
	assert_eq!(whats, expected);
	assert!(log
		.as_array()
		.unwrap()
		.iter()
		.all(|entry| entry["by"] == account(NURSE).to_string()));
	assert_eq!(run(&world, "addressee list").await.unwrap()[0]["channel"], "mail");
	assert_eq!(run(&world, "alerts").await.unwrap(), Value::Array(Vec::new()));
}

#[tokio::test]
async fn refusals_have_names() {
	let world = world().await;
	for (line, name) in [
		("person 7 BY", "NothingEntered"),
		("limits --patient 7 8867-5 /min --high 120 BY", "Code"),
		("ladder BY", "Ladder"),
		("ladder --nurse NURSE=10m BY", "UnknownAddressee"),
		("duty NURSE --from YESTERDAY --until TOMORROW BY", "UnknownAddressee"),
		("duty NURSE --from TOMORROW --until YESTERDAY BY", "SpanEmpty"),
		("duty none --from 2025-11-21 --until YESTERDAY BY", "SpanOver"),
		("addressee add NURSE --contact-file ADDRESS --hpke 00", "NotAnHpkeKey"),
		("addressee remove NURSE", "NotFound"),
		("acknowledge 9", "NotFound"),
		("show 7", "NotFound"),
		// Without a node nobody says that she is a doctor.
		("scale 7 2 BY", "Node"),
	] {
		let refused = run(&world, line).await.unwrap_err();
		assert_eq!(refused.name(), name, "{line}: {refused}");
	}
	assert_eq!(run(&world, "log").await.unwrap(), Value::Array(Vec::new()));
}

#[tokio::test]
async fn the_roster_shows_who_is_on_call_now_and_next() {
	let world = world().await;
	let nurse = Value::from(account(NURSE).to_string());
	let empty = run(&world, "duty").await.unwrap();
	assert_eq!(empty, json!({ "now": null, "next": [] }));
	run(&world, "addressee add NURSE --contact-file ADDRESS").await.unwrap();
	run(&world, "duty NURSE --from TOMORROW --until 2DAYS BY")
		.await
		.unwrap();
	let shown = run(&world, "duty").await.unwrap();
	assert_eq!(shown["now"], Value::Null);
	assert_eq!(
		(&shown["next"][0]["account"], shown["next"].as_array().unwrap().len()),
		(&nurse, 1)
	);
	run(&world, "duty NURSE --from YESTERDAY --until 2DAYS BY")
		.await
		.unwrap();
	run(&world, "duty none --from TOMORROW --until 2DAYS BY").await.unwrap();
	let shown = run(&world, "duty").await.unwrap();
	assert_eq!((&shown["now"]["account"], &shown["next"]), (&nurse, &json!([])));
	let length = shown["now"]["until"].as_u64().unwrap() - shown["now"]["from"].as_u64().unwrap();
	assert!(
		(2 * DAY..2 * DAY + HOUR).contains(&length),
		"two days, and the time between two commands: {length}"
	);
	let refused = run(&world, "addressee remove NURSE").await.unwrap_err();
	assert_eq!(refused.name(), "OnRoster");
}

#[test]
fn a_command_line_says_who_and_what() {
	for line in [
		"consciousness 7 alert",
		"consciousness 7 sleepy --by 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"limits 8867-4 /min --high 120 --by 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"ladder --nurse 10m --by 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"scale 7 3 --by 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"duty 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"duty none",
		"duty none --from 2027-01-15",
		"duty none --from 2027-01-15 --until 2027-01-16",
		"duty none --from soon --until 2027-01-16 --by 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"duty --from 2027-01-15 --until 2027-01-16 --by 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		"duty anybody --from 2027-01-15 --until 2027-01-16 --by 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
	] {
		let words = ["vitals"].into_iter().chain(line.split_whitespace());
		assert!(Line::try_parse_from(words).is_err(), "{line}");
	}
}

#[test]
fn what_is_raised_is_what_the_chain_reads() {
	let metadata = Metadata::decode(&mut include_bytes!("../../../../client/metadata.scale").as_slice()).unwrap();
	let rungs = [(account(NURSE), 600_000), (account([3; 32]), 900_000)];
	let call = raise(3, PATIENT, [9; 32], &rungs);
	let bytes = encode_call_data(
		call.pallet_name(),
		call.call_name(),
		call.call_data(),
		&metadata,
		metadata.types(),
	)
	.unwrap();
	let ladder: Ladder<salus::AccountId> = rungs
		.iter()
		.map(|(to, within)| Rung {
			to: *to,
			within: *within,
		})
		.collect::<Vec<_>>()
		.try_into()
		.unwrap();
	let expected = (3u32, PATIENT, [9u8; 32], ladder).encode();
	assert_eq!(
		bytes.get(2..).unwrap(),
		expected,
		"after the pallet's and the call's index"
	);
}
