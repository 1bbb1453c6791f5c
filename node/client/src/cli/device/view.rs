//! Devices as JSON, as the node's RPC has them, and as lines for people.

use salus_primitives::{Binding, BindingId, Device, DeviceKey, DeviceOffer, Moment};
use serde_json::{json, Value};

use super::span;
use crate::{
	cli::view::{account, optional},
	sdk::{
		words::{hex, hyphenated, number, show_moment},
		AccountId,
	},
};

pub(super) fn device(key: DeviceKey, device: &Device) -> Value {
	json!({
		"device": hex(key),
		"institution": device.institution,
		"codes": hex(device.codes),
		"status": device.status.name(),
		"bindings": device.bindings,
		"latest": optional(device.latest),
		"anchored": optional(device.anchored),
		"nextSeq": number(device.next_seq),
		"missing": number(device.missing),
	})
}

pub(super) fn device_line(key: DeviceKey, device: &Device) -> String {
	let missing = match device.missing {
		0 => String::new(),
		missing => format!(", {missing} of them missing"),
	};
	format!(
		"device {} of institution {} ({}): {} readings{missing}, {} bindings",
		hex(key),
		device.institution,
		hyphenated(device.status.name()),
		device.next_seq,
		device.bindings,
	)
}

pub(super) fn offer(offer: &DeviceOffer<AccountId>) -> Value {
	json!({
		"patient": number(offer.patient),
		"by": account(&offer.by),
		"starts": number(offer.starts),
		"ends": number(offer.ends),
		"scan": offer.scan.map(hex),
		"until": number(offer.until),
	})
}

pub(super) fn offer_line(offer: &DeviceOffer<AccountId>) -> String {
	let paper = if offer.scan.is_some() { " on paper" } else { "" };
	format!(
		"offered{paper} to patient {}, {}, by {}; it can be accepted until {}",
		offer.patient,
		span(offer.starts, offer.ends),
		offer.by,
		show_moment(offer.until),
	)
}

pub(super) fn binding(id: BindingId, binding: &Binding) -> Value {
	json!({
		"id": number(id),
		"device": hex(binding.device),
		"patient": number(binding.patient),
		"starts": number(binding.starts),
		"ends": number(binding.ends),
		"lastAt": optional(binding.last_at),
	})
}

pub(super) fn binding_line(id: BindingId, binding: &Binding, now: Moment) -> String {
	let (starts, ends) = (binding.starts, binding.ends);
	let when = match () {
		() if ends <= now => "measured",
		() if now < starts => "will measure",
		() => "measures",
	};
	let last = match binding.last_at {
		Some(at) => format!("; latest reading {}", show_moment(at)),
		None => "; no reading yet".into(),
	};
	format!(
		"binding {id}: device {} {when} patient {}, {}{last}",
		hex(binding.device),
		binding.patient,
		span(starts, ends),
	)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_primitives::Status;

	fn worn() -> Binding {
		Binding {
			device: [7; 32],
			patient: 5,
			starts: 1_000,
			ends: 2_000,
			last_at: None,
		}
	}

	#[test]
	fn a_binding_is_told_as_before_during_or_after() {
		for (now, verb) in [(999, " will measure "), (1_000, " measures "), (2_000, " measured ")] {
			let line = binding_line(3, &worn(), now);
			assert!(line.contains(verb) && line.ends_with("no reading yet"), "{line}");
		}
		let read = Binding {
			last_at: Some(1_500),
			..worn()
		};
		assert!(binding_line(3, &read, 0).ends_with("latest reading 1970-01-01T00:00:01Z"));
		assert_eq!(binding(3, &read).get("lastAt").unwrap(), 1_500);
	}

	#[test]
	fn what_is_missing_of_a_device_is_told() {
		let device_of = |missing| Device {
			institution: 0,
			codes: Default::default(),
			status: Status::Suspended,
			bindings: 2,
			latest: Some(1),
			anchored: None,
			next_seq: u64::MAX,
			missing,
		};
		let line = device_line([7; 32], &device_of(4));
		assert!(
			line.contains("(suspended)") && line.contains("4 of them missing"),
			"{line}"
		);
		assert!(!device_line([7; 32], &device_of(0)).contains("missing"));
		let shown = device([7; 32], &device_of(4));
		assert_eq!(shown.get("nextSeq").unwrap(), &u64::MAX.to_string());
	}

	#[test]
	fn an_offer_on_paper_says_so() {
		let mut offered = DeviceOffer {
			patient: 5,
			by: AccountId::from([2; 32]),
			starts: 1_000,
			ends: 2_000,
			scan: None,
			until: 1_500,
		};
		assert!(offer_line(&offered).starts_with("offered to patient 5"));
		offered.scan = Some(Default::default());
		assert!(offer_line(&offered).starts_with("offered on paper to patient 5"));
	}
}
