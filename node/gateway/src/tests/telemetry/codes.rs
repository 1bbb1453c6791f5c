//! A device reports the codes that it is committed to on chain, and no other.

use std::{fs, os::unix::fs::PermissionsExt};

use clap::Parser;
use salus::devices::Changes;
use serde_json::{json, Value};

use super::{
	broker::{topic, until_count, Broker, Listening},
	http::{post, serve},
	model::{Model, OnChain},
	*,
};
use crate::{cli, config::Protocol, telemetry::follow::Follower};

/// A device that the institution has and whose codes nobody opened.
const UNOPENED: u8 = 20;

fn of(signer: &SigningKey, seq: u64, code: &str) -> Vec<u8> {
	let mut reading = reading(signer, seq);
	reading.code = code.parse().unwrap();
	SignedReading::sign(reading, signer).unwrap().encode()
}

/// Codes and a salt that this device did not commit to, or did.
fn opening(signer: &SigningKey, listed: &[&str], salt: u8) -> DeviceCodes {
	let key = DeviceKey::from_bytes(&id(signer)).unwrap();
	DeviceCodes::new(key, listed.iter().map(|code| code.parse().unwrap()), [salt; 32]).unwrap()
}

async fn with_unopened() -> (Taking, SigningKey) {
	let taking = Taking::new().await;
	let monitor = signer(UNOPENED);
	taking.devices.set(device(&monitor));
	(taking, monitor)
}

#[tokio::test]
async fn a_code_that_the_device_is_not_committed_to_is_refused_for_good() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	let refused = taking.take(&pulse, of(&pulse, 0, "59408-5")).await;
	assert_eq!(refused, Err(Refusal::CodeNotPermitted));
	assert!(!Refusal::CodeNotPermitted.passes());
	assert_eq!(taking.take(&pulse, of(&pulse, 0, CODE)).await, Ok(Kept::New));
	assert_eq!(taking.stop().await.1.kept(), 1);
}

#[tokio::test]
async fn nothing_is_taken_of_a_device_until_its_codes_are_opened() {
	let (taking, monitor) = with_unopened().await;
	let sent = signed(&monitor, 0);
	assert_eq!(taking.take(&monitor, sent.clone()).await, Err(Refusal::CodesNotOpened));
	assert!(Refusal::CodesNotOpened.passes());
	// The same gateway, which runs on, takes it up.
	taking.codes.add(&[codes(&id(&monitor))], words::now()).await.unwrap();
	assert_eq!(taking.take(&monitor, sent).await, Ok(Kept::New));
	let other = taking.take(&monitor, of(&monitor, 1, "59408-5")).await;
	assert_eq!(other, Err(Refusal::CodeNotPermitted));
}

#[tokio::test]
async fn codes_that_do_not_open_the_commitment_permit_nothing() {
	let (taking, monitor) = with_unopened().await;
	for other in [
		opening(&monitor, &[CODE], SALT + 1),
		opening(&monitor, &[CODE, "59408-5"], SALT),
		opening(&monitor, &["59408-5"], SALT),
	] {
		taking.codes.add(&[other], words::now()).await.unwrap();
		for code in [CODE, "59408-5"] {
			let refused = taking.take(&monitor, of(&monitor, 0, code)).await;
			assert_eq!(refused, Err(Refusal::OtherCodes));
		}
	}
	assert!(Refusal::OtherCodes.passes());
	taking.codes.add(&[codes(&id(&monitor))], words::now()).await.unwrap();
	assert_eq!(taking.take(&monitor, signed(&monitor, 0)).await, Ok(Kept::New));
}

#[tokio::test]
async fn an_opening_for_another_device_opens_nothing_of_this_one() {
	let (taking, monitor) = with_unopened().await;
	// Of the same codes and salt, so of the same commitment.
	taking
		.codes
		.add(&[codes(&id(&signer(21)))], words::now())
		.await
		.unwrap();
	let refused = taking.take(&monitor, signed(&monitor, 0)).await;
	assert_eq!(refused, Err(Refusal::CodesNotOpened));
}

#[tokio::test]
async fn removed_codes_end_it_at_once_and_come_back() {
	let taking = Taking::new().await;
	let pulse = signer(1);
	let first = signed(&pulse, 0);
	assert_eq!(taking.take(&pulse, first.clone()).await, Ok(Kept::New));
	assert!(taking.codes.remove(&id(&pulse)).await.unwrap());
	assert!(!taking.codes.remove(&id(&pulse)).await.unwrap());
	for sent in [first.clone(), signed(&pulse, 1)] {
		assert_eq!(taking.take(&pulse, sent).await, Err(Refusal::CodesNotOpened));
	}
	let taking = taking.restart().await;
	assert_eq!(taking.take(&pulse, first.clone()).await, Err(Refusal::CodesNotOpened));
	taking.codes.add(&[codes(&id(&pulse))], words::now()).await.unwrap();
	assert_eq!(taking.take(&pulse, first.clone()).await, Ok(Kept::Before));
	let taking = taking.restart().await;
	assert_eq!(taking.take(&pulse, first).await, Ok(Kept::Before));
	assert_eq!(taking.take(&pulse, signed(&pulse, 1)).await, Ok(Kept::New));
}

#[tokio::test]
async fn what_is_refused_for_good_is_so_whatever_was_opened() {
	let (taking, monitor) = with_unopened().await;
	let mut late = reading(&monitor, 0);
	late.at -= 2 * DAY;
	let late = SignedReading::sign(late, &monitor).unwrap().encode();
	assert_eq!(taking.take(&monitor, late).await, Err(Refusal::OutsideBinding));
}

#[tokio::test]
async fn codes_may_be_opened_before_the_chain_has_the_device() {
	let taking = Taking::new().await;
	let monitor = signer(UNOPENED);
	taking.codes.add(&[codes(&id(&monitor))], words::now()).await.unwrap();
	let model = Model::with(&[]);
	let mut follower = Follower::new(model.clone(), taking.devices.clone());
	follower.catch_up().await.unwrap();
	let sent = signed(&monitor, 0);
	assert_eq!(taking.take(&monitor, sent.clone()).await, Err(Refusal::UnknownDevice));
	let provisioned = |commitment| {
		move |state: &mut super::model::State| {
			let on_chain = OnChain {
				codes: commitment,
				..OnChain::default()
			};
			state.devices.insert(id(&signer(UNOPENED)), on_chain);
			let bound = device(&signer(UNOPENED)).bindings[&BINDING];
			state.bindings.insert(BINDING, (id(&signer(UNOPENED)), bound));
		}
	};
	let changes = || Changes {
		devices: [id(&monitor)].into(),
		bindings: [BINDING].into(),
	};
	// What the chain says of it counts, and not what the file says.
	model.block(provisioned([5; 32]), changes());
	follower.catch_up().await.unwrap();
	assert_eq!(taking.take(&monitor, sent.clone()).await, Err(Refusal::OtherCodes));
	model.block(provisioned(codes(&id(&monitor)).commitment()), changes());
	follower.catch_up().await.unwrap();
	assert_eq!(taking.take(&monitor, sent).await, Ok(Kept::New));
}

#[tokio::test]
async fn refusals_are_counted_by_their_names() {
	let (taking, monitor) = with_unopened().await;
	let pulse = signer(1);
	taking.take(&monitor, signed(&monitor, 0)).await.unwrap_err();
	let other = opening(&monitor, &["59408-5"], SALT);
	taking.codes.add(&[other], words::now()).await.unwrap();
	taking.take(&monitor, signed(&monitor, 0)).await.unwrap_err();
	taking.take(&pulse, of(&pulse, 0, "59408-5")).await.unwrap_err();
	let text = taking.metrics.text().unwrap();
	for name in ["CodesNotOpened", "OtherCodes", "CodeNotPermitted"] {
		let counted = format!("salus_gateway_readings_total{{outcome=\"{name}\"}} 1");
		assert!(text.contains(&counted), "{text}");
	}
}

#[tokio::test]
async fn over_http_the_device_hears_whether_to_send_it_again() {
	let (taking, monitor) = with_unopened().await;
	let url = serve(&taking).await;
	let token = taking.tokens.make(&id(&monitor), words::now()).await.unwrap();
	let bearer = format!("{}.{}", hex::encode(id(&monitor)), token.as_str());
	let body = json!({ "readings": [hex::encode(signed(&monitor, 0)), hex::encode(signed(&monitor, 1))] });
	let (status, answer) = post(&url, Some(&bearer), &body).await;
	assert_eq!((status, &answer["error"]["name"]), (503, &json!("CodesNotOpened")));
	let message = answer["error"]["message"].as_str().unwrap();
	assert!(message.contains("salus-gateway telemetry codes add"), "{message}");

	let other = opening(&monitor, &["59408-5"], SALT);
	taking.codes.add(&[other], words::now()).await.unwrap();
	let (status, answer) = post(&url, Some(&bearer), &body).await;
	assert_eq!((status, &answer["error"]["name"]), (503, &json!("OtherCodes")));

	taking.codes.add(&[codes(&id(&monitor))], words::now()).await.unwrap();
	let mixed = json!({ "readings": [hex::encode(signed(&monitor, 0)), hex::encode(of(&monitor, 1, "59408-5"))] });
	let (status, answer) = post(&url, Some(&bearer), &mixed).await;
	assert_eq!((status, &answer["results"][0]), (200, &json!("kept")));
	assert_eq!(answer["results"][1]["error"]["name"], "CodeNotPermitted");
	assert!(
		!answer.to_string().contains("59408-5"),
		"no refusal repeats what was sent"
	);
}

/// Over MQTT all devices' readings come in one order, and the broker has answered each device: nobody could send it again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_mqtt_a_device_whose_codes_are_not_opened_holds_no_other_up() {
	let broker = Broker::open();
	let (taking, monitor) = with_unopened().await;
	let listening = Listening::begin(&taking, broker.config(Protocol::V5)).await;
	let pulse = signer(1);
	broker
		.publish(vec![
			(topic(&monitor), signed(&monitor, 0)),
			(topic(&pulse), of(&pulse, 0, "59408-5")),
			(topic(&pulse), signed(&pulse, 0)),
		])
		.await;
	until_count(&taking, 1).await;
	taking.codes.add(&[codes(&id(&monitor))], words::now()).await.unwrap();
	broker.publish(vec![(topic(&monitor), signed(&monitor, 1))]).await;
	until_count(&taking, 2).await;
	listening.stop().await;
}

#[derive(Parser)]
struct Line {
	#[command(subcommand)]
	codes: cli::Codes,
}

async fn types(taking: &Taking, line: &str) -> Result<Value, GatewayError> {
	let words = ["codes"].into_iter().chain(line.split_whitespace());
	let parsed = Line::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
	Ok(parsed.codes.run(&taking.codes).await?.json().clone())
}

#[tokio::test]
async fn an_operator_adds_lists_and_removes_codes() {
	let (taking, monitor) = with_unopened().await;
	let file = private(
		&taking.folder,
		"codes.json",
		&codes(&id(&monitor)).to_json().to_string(),
	);
	let device = hex::encode(id(&monitor));
	types(&taking, &format!("add {}", file.display())).await.unwrap();
	assert_eq!(taking.take(&monitor, signed(&monitor, 0)).await, Ok(Kept::New));
	let listed = types(&taking, "list").await.unwrap();
	let listed = listed.as_array().unwrap();
	let shown = listed.iter().find(|shown| shown["device"] == device).unwrap();
	assert_eq!(shown["codes"], json!([CODE]));
	assert_eq!(shown["commitment"], words::hex(codes(&id(&monitor)).commitment()));
	types(&taking, &format!("remove {device}")).await.unwrap();
	assert_eq!(
		taking.take(&monitor, signed(&monitor, 1)).await,
		Err(Refusal::CodesNotOpened)
	);
	let again = types(&taking, &format!("remove 0x{device}")).await;
	assert!(matches!(again, Err(GatewayError::NotFound { .. })), "{again:?}");
}

#[tokio::test]
async fn of_several_files_all_are_taken_or_none() {
	let (taking, monitor) = with_unopened().await;
	let sound = codes(&id(&monitor)).to_json();
	let sound = private(&taking.folder, "codes.json", &sound.to_string());
	let before = taking.codes.list().await.unwrap();
	for text in [
		"",
		"{}",
		"{\"codes\": [\"8867-4\"], \"codesSalt\": \"0x00\"}",
		"not JSON",
	] {
		let broken = private(&taking.folder, "broken.json", text);
		let added = types(&taking, &format!("add {} {}", sound.display(), broken.display())).await;
		let error = added.unwrap_err();
		assert_eq!(error.name(), "Codes", "{text}");
		assert!(error.to_string().contains("broken.json: "), "{error}");
	}
	assert_eq!(taking.codes.list().await.unwrap(), before);
	// It opens a commitment: nobody else may read it.
	fs::set_permissions(&sound, fs::Permissions::from_mode(0o644)).unwrap();
	let readable = types(&taking, &format!("add {}", sound.display())).await;
	assert!(matches!(readable, Err(GatewayError::Secret(_))), "{readable:?}");
}
