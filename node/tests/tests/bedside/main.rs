//! What devices measure, from the bedside at hospital A to a doctor of hospital B: a node and a vault for each hospital, a
//! gateway, a broker, and two devices.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod access;
mod outages;
mod refusals;
mod ward;

use salus_tests::{hospitals, started};
use ward::Ward;

const DESK: &str = "//Alice//admin";
/// Hospital B's.
const DOCTOR: &str = "//Bob//doctor";

/// Whatever is killed or restarted meanwhile, each reading is anchored once; it is opened by whom the patient consents to,
/// proven to a stranger, and what is not the device's or not the patient's is refused.
#[tokio::test(flavor = "multi_thread")]
async fn readings_go_from_a_bedside_to_a_doctor_of_another_hospital() {
	// A node refuses who calls it by another port than its own, as who comes through a proxy does, unless it is told so.
	let [alice, bob, _eve, _ferdie] = started(hospitals(None, &["--rpc-cors", "all"])).await;
	let mut ward = Ward::opened(&alice).await;
	outages::of_the_gateway(&mut ward, &alice).await;
	let alice = outages::of_the_node(&mut ward, alice).await;
	ward.has_anchored_everything_once(&alice).await;
	access::is_by_consent(&ward, &alice, &bob).await;
	let (reading, batch) = access::one_reading_is_proven(&ward, &alice, &bob).await;
	refusals::of_another_s_token(&ward).await;
	refusals::of_what_came_before(&ward, &alice, &reading, batch).await;
	refusals::of_what_is_nobody_s(&mut ward, &alice).await;
	ward.has_anchored_everything_once(&alice).await;
}
