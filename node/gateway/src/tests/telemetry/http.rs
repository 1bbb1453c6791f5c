//! `POST /v1/readings`.

use reqwest::Client;
use serde_json::{json, Value};

use super::*;
use crate::{listener, telemetry::routes};

pub async fn serve(taking: &Taking) -> String {
	let listener = listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
	let address = listener.local_addr().unwrap();
	let routes = routes(taking.intake.clone(), taking.tokens.clone());
	tokio::spawn(listener::serve(listener, None, routes, 8));
	format!("http://{address}/v1/readings")
}

pub async fn post(url: &str, token: Option<&str>, body: &Value) -> (u16, Value) {
	rustls::crypto::ring::default_provider().install_default().ok();
	let mut request = Client::new().post(url).body(body.to_string());
	if let Some(token) = token {
		request = request.header("authorization", format!("Bearer {token}"));
	}
	let answer = request.send().await.unwrap();
	let status = answer.status().as_u16();
	(status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

#[tokio::test]
async fn a_device_posts_with_its_token() {
	let taking = Taking::new().await;
	let url = serve(&taking).await;
	let pulse = signer(1);
	let device = hex::encode(id(&pulse));
	let token = taking.tokens.make(&id(&pulse), words::now()).await.unwrap();
	let bearer = format!("{device}.{}", token.as_str());
	let readings: Vec<_> = (0..3).map(|seq| hex::encode(signed(&pulse, seq))).collect();
	let (status, answer) = post(&url, Some(&bearer), &json!({ "readings": readings })).await;
	assert_eq!((status, &answer["results"]), (200, &json!(["kept", "kept", "kept"])));
	let (status, answer) = post(&url, Some(&bearer), &json!({ "readings": [readings[1], "00"] })).await;
	assert_eq!((status, &answer["results"][0]), (200, &json!("keptBefore")));
	assert_eq!(answer["results"][1]["error"]["name"], "Malformed");

	let strange = hex::encode(signed(&signer(2), 0));
	let (_, answer) = post(&url, Some(&bearer), &json!({ "readings": [strange] })).await;
	assert_eq!(answer["results"][0]["error"]["name"], "OtherDevice");
}

#[tokio::test]
async fn whoever_has_no_token_of_the_device_sends_nothing() {
	let taking = Taking::new().await;
	let url = serve(&taking).await;
	let (pulse, other) = (signer(1), signer(2));
	let body = json!({ "readings": [hex::encode(signed(&pulse, 0))] });
	let token = taking.tokens.make(&id(&other), words::now()).await.unwrap();
	let others = format!("{}.{}", hex::encode(id(&pulse)), token.as_str());
	for bearer in [None, Some(""), Some("x.y"), Some(others.as_str())] {
		let (status, answer) = post(&url, bearer, &body).await;
		assert_eq!(
			(status, &answer["error"]["name"]),
			(401, &json!("NoToken")),
			"{bearer:?}"
		);
	}
	// A token that was made anew or taken back is none.
	let earlier = taking.tokens.make(&id(&pulse), words::now()).await.unwrap();
	let later = taking.tokens.make(&id(&pulse), words::now()).await.unwrap();
	assert!(!taking.tokens.verify(&id(&pulse), &earlier).await.unwrap());
	assert!(taking.tokens.verify(&id(&pulse), &later).await.unwrap());
	assert!(taking.tokens.revoke(&id(&pulse)).await.unwrap());
	assert!(!taking.tokens.revoke(&id(&pulse)).await.unwrap());
	assert!(!taking.tokens.verify(&id(&pulse), &later).await.unwrap());
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
	let taking = Taking::with(1, never()).await;
	let url = serve(&taking).await;
	let pulse = signer(1);
	let token = taking.tokens.make(&id(&pulse), words::now()).await.unwrap();
	let bearer = format!("{}.{}", hex::encode(id(&pulse)), token.as_str());
	let many: Vec<_> = (0..257).map(|_| "00").collect();
	for body in [
		json!({}),
		json!({"readings": []}),
		json!({"readings": ["0g"]}),
		json!({"readings": many}),
	] {
		let (status, answer) = post(&url, Some(&bearer), &body).await;
		assert_eq!(
			(status, &answer["error"]["name"]),
			(400, &json!("NotReadings")),
			"{body}"
		);
	}
	let long = json!({ "readings": ["0".repeat(300_000)] });
	let (status, answer) = post(&url, Some(&bearer), &long).await;
	assert_eq!((status, &answer["error"]["name"]), (413, &json!("TooLong")));
	let one = json!({ "readings": [hex::encode(signed(&pulse, 0))] });
	assert_eq!(post(&url, Some(&bearer), &one).await.0, 200);
	let two = json!({ "readings": [hex::encode(signed(&pulse, 1))] });
	let (status, answer) = post(&url, Some(&bearer), &two).await;
	assert_eq!((status, &answer["error"]["name"]), (503, &json!("Full")));
}

#[test]
fn a_number_that_is_taken_says_what_to_do_next() {
	assert!(Refusal::Conflict.to_string().ends_with("another key"));
	assert!(Refusal::Closed.to_string().ends_with("go on with the next number"));
}
