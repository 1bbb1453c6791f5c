//! What readings and entries come to.

use salus_primitives::{PatientId, HOUR, MINUTE};
use salus_vitals::news2::Freshness;

use super::world::{account, rungs, signer, Warning, DOCTOR, NURSE, PATIENT};
use crate::{
	alarms::{Content, Entry, Level, Rule, Settings, Severity, Subject, LATE, REARM},
	telemetry::Kept,
};

type Measured = (&'static str, &'static str, &'static str);

const RESPIRATION: Measured = ("9279-1", "16", "/min");
const SATURATION: Measured = ("59408-5", "97", "%");
const SYSTOLIC: Measured = ("8480-6", "120", "mm[Hg]");
const PULSE: Measured = ("8867-4", "70", "/min");
const TEMPERATURE: Measured = ("8310-5", "37.0", "Cel");
const WELL: [Measured; 5] = [RESPIRATION, SATURATION, SYSTOLIC, PULSE, TEMPERATURE];

/// Scores 13: 3, 3, 3, 3 and 1.
const ILL: [Measured; 5] = [
	("9279-1", "30", "/min"),
	("59408-5", "88", "%"),
	("8480-6", "85", "mm[Hg]"),
	("8867-4", "140", "/min"),
	("8310-5", "38.5", "Cel"),
];

async fn warning() -> Warning {
	let warning = Warning::new().await;
	warning.chain.bind(1, &signer(1), PATIENT);
	warning
}

async fn measure(warning: &mut Warning, values: &[Measured]) {
	warning.measured_all(&signer(1), 1, values).await;
	warning.judge().await;
}

async fn limits(warning: &Warning, of: Subject, (code, low, high, unit): (&str, &str, &str, &str)) {
	let end = |text: &str| (!text.is_empty()).then(|| text.to_string());
	warning
		.enter(Entry::Limits {
			of,
			code: code.into(),
			unit: unit.into(),
			low: end(low),
			high: end(high),
		})
		.await;
}

async fn by(warning: &Warning, rule: Rule) -> Vec<(PatientId, Content)> {
	let found = warning.found().await.into_iter();
	let found = found.filter(|(_, content)| content.rule == rule);
	found.map(|(alert, content)| (alert.patient, content)).collect()
}

async fn scores(warning: &Warning) -> Vec<(Option<String>, Severity)> {
	let found = by(warning, Rule::News2).await.into_iter();
	found.map(|(_, content)| (content.value, content.severity)).collect()
}

fn emergency(total: &str) -> (Option<String>, Severity) {
	(Some(total.into()), Severity::Emergency)
}

#[tokio::test]
async fn whoever_is_well_is_no_alert_and_whoever_falls_ill_is_one() {
	let mut warning = warning().await;
	warning.adult(PATIENT).await;
	measure(&mut warning, &WELL).await;
	assert_eq!(warning.found().await.len(), 0);
	// 3 for respiration alone, then 6, 9, 12, 13: what was measured at one time is one score.
	measure(&mut warning, &ILL).await;
	assert_eq!(scores(&warning).await, [emergency("13")]);
	measure(&mut warning, &ILL).await;
	assert_eq!(scores(&warning).await.len(), 1, "as bad as before is nothing new");
}

#[tokio::test]
async fn whoever_falls_ill_in_steps_is_told_of_in_steps_whatever_restarts_come_in_between() {
	let mut warning = warning().await;
	warning.adult(PATIENT).await;
	measure(&mut warning, &WELL).await;
	// 3 for respiration alone, then 6, 9, 12, 13: told as 3, as 5 to 6, and as 7 and more. All wait for one look,
	// after which what can't wait goes first.
	for value in ILL {
		warning.pass(MINUTE);
		warning.measured(&signer(1), 1, value).await;
	}
	warning.judge().await;
	let told = [
		emergency("9"),
		(Some("3".into()), Severity::Urgent),
		(Some("6".into()), Severity::Urgent),
	];
	assert_eq!(scores(&warning).await, told);
	for _ in 0..2 {
		warning.restart().await;
		warning.measured(&signer(1), 1, RESPIRATION).await;
		warning.judge().await;
		assert_eq!(scores(&warning).await, told);
	}
}

#[tokio::test]
async fn a_second_device_with_a_clock_ahead_mutes_none() {
	let mut warning = warning().await;
	warning.chain.bind(2, &signer(2), PATIENT);
	limits(&warning, Subject::Patient(PATIENT), ("8867-4", "50", "120", "/min")).await;
	let ahead = warning.now + 4 * MINUTE;
	warning.measured_at(&signer(2), 2, PULSE, ahead).await;
	measure(&mut warning, &[("8867-4", "140", "/min")]).await;
	let found = by(&warning, Rule::Limits).await;
	assert_eq!(found.len(), 1);
	assert_eq!(found[0].1.value.as_deref(), Some("140"));
}

#[tokio::test]
async fn a_value_outside_is_told_wherever_in_a_burst_it_comes() {
	for place in 0..4u64 {
		let mut warning = warning().await;
		limits(&warning, Subject::Patient(PATIENT), ("8867-4", "50", "120", "/min")).await;
		// The newest first, as a broker may hand them over.
		for seconds in 0..4 {
			let value = if seconds == place { "30" } else { "70" };
			let at = warning.now - seconds * 1_000;
			warning.measured_at(&signer(1), 1, ("8867-4", value, "/min"), at).await;
		}
		warning.judge().await;
		assert_eq!(by(&warning, Rule::Limits).await.len(), 1, "{place}");
	}
}

#[tokio::test]
async fn a_score_that_is_lost_is_told_once_and_again_when_it_is_lost_again() {
	let lost = async |warning: &Warning| {
		let found = by(warning, Rule::News2).await.into_iter();
		let lost = found.filter(|(_, content)| content.value.is_none());
		lost.map(|(_, content)| (content.severity, content.says))
			.collect::<Vec<_>>()
	};
	let mut warning = warning().await;
	warning.adult(PATIENT).await;
	measure(&mut warning, &WELL).await;
	for _ in 0..4 {
		warning.pass(15 * MINUTE);
		warning.seen(PATIENT).await;
		// The probe fell off.
		measure(&mut warning, &[RESPIRATION, SYSTOLIC, PULSE, TEMPERATURE]).await;
	}
	assert_eq!(lost(&warning).await, []);
	warning.pass(1);
	warning.judge().await;
	warning.pass(MINUTE);
	warning.judge().await;
	let said = (
		Severity::Notice,
		"no score any more, observe again: saturation".to_string(),
	);
	assert_eq!(lost(&warning).await, std::slice::from_ref(&said));
	for _ in 0..2 {
		warning.restart().await;
		warning.pass(MINUTE);
		warning.judge().await;
		assert_eq!(lost(&warning).await, std::slice::from_ref(&said));
	}
	measure(&mut warning, &[SATURATION, ("9279-1", "30", "/min")]).await;
	assert_eq!(scores(&warning).await.last().unwrap().1, Severity::Urgent);
	warning.pass(2 * HOUR);
	warning.judge().await;
	let lost = lost(&warning).await;
	assert_eq!(lost.len(), 2);
	assert_eq!(lost[1].0, Severity::Urgent, "she was ill when it was lost");
}

#[tokio::test]
async fn a_ward_says_how_old_a_part_may_be() {
	let freshness = Freshness {
		measured: 5 * HOUR,
		oxygen: 5 * HOUR,
		consciousness: 5 * HOUR,
	};
	let settings = Settings {
		freshness,
		interval: None,
	};
	let mut warning = Warning::with_settings("[file]\nfolder = \"messages\"\n", settings).await;
	warning.chain.bind(1, &signer(1), PATIENT);
	warning.adult(PATIENT).await;
	measure(&mut warning, &WELL).await;
	warning.pass(5 * HOUR);
	warning.judge().await;
	measure(&mut warning, &[("9279-1", "30", "/min")]).await;
	assert_eq!(scores(&warning).await, [(Some("3".into()), Severity::Urgent)]);
	warning.restart().await;
	assert!(warning.engine.patient(PATIENT).unwrap().score(warning.now).is_ok());
}

/// What is told of a device's own trouble.
async fn troubles(warning: &Warning) -> Vec<String> {
	let found = by(warning, Rule::Device).await.into_iter();
	found.map(|(_, content)| content.says).collect()
}

#[tokio::test]
async fn a_clock_that_is_hours_behind_is_told_of_once() {
	let mut warning = warning().await;
	for minute in 0..10 {
		warning.pass(MINUTE);
		let at = warning.now - 2 * HOUR;
		warning.measured_at(&signer(1), 1, PULSE, at).await;
		// Two values of one measurement are one.
		warning.measured_at(&signer(1), 1, RESPIRATION, at).await;
		warning.judge().await;
		assert_eq!(troubles(&warning).await.len(), usize::from(minute >= 2), "{minute}");
		if minute % 3 == 0 {
			warning.restart().await;
		}
	}
	assert!(troubles(&warning).await[0].contains("look at its clock"));
	// It is set right, and wrong again.
	measure(&mut warning, &[PULSE]).await;
	for _ in 0..3 {
		warning.pass(MINUTE);
		let at = warning.now - 2 * HOUR;
		warning.measured_at(&signer(1), 1, PULSE, at).await;
	}
	warning.judge().await;
	assert_eq!(troubles(&warning).await.len(), 2);
}

#[tokio::test]
async fn a_device_that_sends_what_it_stored_has_no_trouble() {
	let mut warning = warning().await;
	for minute in (0..300).rev() {
		let at = warning.now - minute * MINUTE;
		warning.measured_at(&signer(1), 1, PULSE, at).await;
		warning.pass(100);
	}
	warning.judge().await;
	assert_eq!(troubles(&warning).await.len(), 0);
}

#[tokio::test]
async fn a_sensor_that_keeps_reporting_what_nobody_can_have_is_told_of() {
	let mut warning = warning().await;
	let loose = ("59408-5", "127", "%");
	measure(&mut warning, &[loose, loose, SATURATION, loose, loose]).await;
	assert_eq!(troubles(&warning).await.len(), 0, "never three in a row");
	measure(&mut warning, &[loose, loose]).await;
	warning.restart().await;
	measure(&mut warning, &[loose]).await;
	let found = by(&warning, Rule::Device).await;
	assert_eq!(found.len(), 1);
	assert_eq!(found[0].1.flags, ["impossible", "implausible"]);
}

#[tokio::test]
async fn without_one_part_there_is_no_score_however_ill_the_rest() {
	for missing in 0..ILL.len() {
		let mut warning = warning().await;
		warning.adult(PATIENT).await;
		let mut values = ILL.to_vec();
		let last = values.remove(missing);
		measure(&mut warning, &values).await;
		assert_eq!(scores(&warning).await, [], "without {}", last.0);
		measure(&mut warning, &[last]).await;
		assert_eq!(scores(&warning).await, [emergency("13")], "with {}", last.0);
	}
}

#[tokio::test]
async fn what_no_person_entered_is_not_guessed() {
	let person = Entry::Person {
		patient: PATIENT,
		born: Some("1980-05-17".into()),
		pregnant: Some(false),
	};
	let level = Entry::Consciousness {
		patient: PATIENT,
		level: Level::Alert,
	};
	let oxygen = Entry::Oxygen {
		patient: PATIENT,
		supplemental: false,
	};
	let all = [person, level, oxygen];
	for missing in 0..all.len() {
		let mut warning = warning().await;
		let mut entries = all.to_vec();
		let last = entries.remove(missing);
		for entry in entries {
			warning.enter(entry).await;
		}
		measure(&mut warning, &ILL).await;
		assert_eq!(scores(&warning).await, [], "without {last:?}");
		// What is entered completes the set at once.
		warning.enter(last).await;
		warning.judge().await;
		assert_eq!(scores(&warning).await, [emergency("13")]);
	}
}

#[tokio::test]
async fn a_part_older_than_an_hour_is_none() {
	let mut warning = warning().await;
	warning.adult(PATIENT).await;
	warning.judge().await;
	warning.pass(HOUR + 1);
	measure(&mut warning, &ILL).await;
	assert_eq!(scores(&warning).await, [], "nobody looked at her for an hour");
	warning.seen(PATIENT).await;
	warning.judge().await;
	assert_eq!(scores(&warning).await, [emergency("13")]);
}

#[tokio::test]
async fn children_and_the_pregnant_have_no_score() {
	// 15 years and 364 days, or pregnant, or not known.
	for (born, pregnant) in [
		(Some("2011-01-16"), Some(false)),
		(Some("1990-01-01"), Some(true)),
		(Some("1990-01-01"), None),
		(None, Some(false)),
	] {
		let mut warning = warning().await;
		warning.seen(PATIENT).await;
		let born = born.map(String::from);
		warning
			.enter(Entry::Person {
				patient: PATIENT,
				born: born.clone(),
				pregnant,
			})
			.await;
		measure(&mut warning, &ILL).await;
		assert_eq!(scores(&warning).await, [], "{born:?} {pregnant:?}");
	}
	// It is 2027-01-15: she is 16 today.
	let mut warning = warning().await;
	warning.seen(PATIENT).await;
	warning
		.enter(Entry::Person {
			patient: PATIENT,
			born: Some("2011-01-15".into()),
			pregnant: Some(false),
		})
		.await;
	measure(&mut warning, &ILL).await;
	assert_eq!(scores(&warning).await, [emergency("13")]);
}

#[tokio::test]
async fn scale_2_counts_from_when_a_doctor_set_it() {
	let mut warning = warning().await;
	warning.adult(PATIENT).await;
	let supplemental = true;
	warning
		.enter(Entry::Oxygen {
			patient: PATIENT,
			supplemental,
		})
		.await;
	// 97 % on oxygen: 0 on scale 1, 3 on scale 2; the oxygen itself 2.
	measure(&mut warning, &WELL).await;
	assert_eq!(scores(&warning).await, []);
	let (patient, two) = (PATIENT, true);
	let entry = Entry::Scale { patient, two };
	warning
		.ledger
		.write(&account(DOCTOR), &entry, warning.now)
		.await
		.unwrap();
	warning.judge().await;
	assert_eq!(scores(&warning).await, [(Some("5".into()), Severity::Urgent)]);
}

#[tokio::test]
async fn a_score_is_told_again_once_it_was_less_for_a_quarter_of_an_hour() {
	let mut warning = warning().await;
	warning.adult(PATIENT).await;
	measure(&mut warning, &WELL).await;
	let low = ("9279-1", "8", "/min");
	measure(&mut warning, &[low]).await;
	assert_eq!(scores(&warning).await.len(), 1);
	measure(&mut warning, &[RESPIRATION]).await;
	warning.pass(REARM - 1);
	measure(&mut warning, &[RESPIRATION, low]).await;
	assert_eq!(scores(&warning).await.len(), 1, "it comes and goes");
	measure(&mut warning, &[RESPIRATION]).await;
	warning.pass(REARM);
	measure(&mut warning, &[RESPIRATION, low]).await;
	assert_eq!(scores(&warning).await.len(), 2);
}

#[tokio::test]
async fn limits_are_told_when_they_are_left_and_again_after_a_quarter_of_an_hour_within() {
	let mut warning = warning().await;
	limits(&warning, Subject::Patient(PATIENT), ("8867-4", "50", "120", "/min")).await;
	let pulse = |value| ("8867-4", value, "/min");
	let mut sides = Vec::new();
	for (value, after) in [
		("50", MINUTE),
		("49", MINUTE),
		("48", MINUTE),
		// The other side is another alert.
		("121", MINUTE),
		("120", MINUTE),
		("130", REARM - 1),
		("100", MINUTE),
		("100", REARM),
		("130", MINUTE),
	] {
		warning.pass(after);
		measure(&mut warning, &[pulse(value)]).await;
		let found = by(&warning, Rule::Limits).await;
		if found.len() > sides.len() {
			sides.push(found.last().unwrap().1.value.clone().unwrap());
		}
	}
	assert_eq!(sides, ["49", "121", "130"]);
	let (patient, first) = by(&warning, Rule::Limits).await.remove(0);
	assert_eq!(
		(patient, first.severity, first.says.as_str()),
		(PATIENT, Severity::Urgent, "below its limits")
	);
	let path = first.path.unwrap();
	assert_eq!((path.binding, path.seq), (1, 1));
}

#[tokio::test]
async fn glucose_is_judged_across_its_codes_and_a_patient_before_her_device() {
	let mut warning = warning().await;
	let device = hex::encode(signer(1).verifying_key().to_bytes());
	limits(
		&warning,
		Subject::Device(device.clone()),
		("2339-0", "70", "180", "mg/dL"),
	)
	.await;
	measure(
		&mut warning,
		&[("15074-8", "5.40", "mmol/L"), ("15074-8", "10.1", "mmol/L")],
	)
	.await;
	let found = by(&warning, Rule::Limits).await;
	assert_eq!(found.len(), 1);
	assert_eq!(found[0].1.value.as_deref(), Some("10.1"));
	limits(&warning, Subject::Patient(PATIENT), ("15074-8", "3.9", "15", "mmol/L")).await;
	measure(&mut warning, &[("2339-0", "200", "mg/dL")]).await;
	assert_eq!(by(&warning, Rule::Limits).await.len(), 1, "hers go before the device's");
	let none = |of| Entry::NoLimits {
		of,
		code: "15074-8".into(),
	};
	warning.enter(none(Subject::Patient(PATIENT))).await;
	measure(&mut warning, &[("2339-0", "200", "mg/dL")]).await;
	assert_eq!(by(&warning, Rule::Limits).await.len(), 2);
}

#[tokio::test]
async fn what_no_body_has_is_kept_flagged_and_compared() {
	let mut warning = warning().await;
	warning.adult(PATIENT).await;
	limits(&warning, Subject::Patient(PATIENT), ("59408-5", "92", "", "%")).await;
	measure(&mut warning, &WELL).await;
	measure(&mut warning, &[("59408-5", "127", "%")]).await;
	assert_eq!(warning.found().await.len(), 0);
	assert_eq!(
		warning
			.engine
			.patient(PATIENT)
			.unwrap()
			.score(warning.now)
			.unwrap()
			.total,
		0,
		"the score has the 97 before it"
	);
	measure(&mut warning, &[("59408-5", "-3", "%")]).await;
	let found = by(&warning, Rule::Limits).await;
	assert_eq!(found[0].1.flags, ["impossible", "implausible"]);
	measure(&mut warning, &[("8310-5", "310", "K"), ("59408-5", "0.97", "1")]).await;
	let units = by(&warning, Rule::Limits).await;
	assert_eq!(units[1].1.says, "in another unit than its limits; look at it");
	assert_eq!(units[1].1.flags, ["unknownUnit"]);
	let metrics = warning.world.registrar.metrics.text().unwrap();
	assert!(
		metrics.contains("salus_gateway_judged_readings_total{outcome=\"flagged\"} 4"),
		"{metrics}"
	);
}

#[tokio::test]
async fn what_comes_an_hour_late_says_nothing_of_now() {
	let mut warning = warning().await;
	limits(&warning, Subject::Patient(PATIENT), ("8867-4", "50", "120", "/min")).await;
	let old = warning.now - LATE - 1;
	warning.measured_at(&signer(1), 1, ("8867-4", "30", "/min"), old).await;
	warning.judge().await;
	assert_eq!(by(&warning, Rule::Limits).await, []);
	warning.measured(&signer(1), 1, ("8867-4", "70", "/min")).await;
	// Younger than an hour: nobody has seen it yet, though something newer is known.
	let before = warning.now - MINUTE;
	warning
		.measured_at(&signer(1), 1, ("8867-4", "30", "/min"), before)
		.await;
	warning.judge().await;
	assert_eq!(by(&warning, Rule::Limits).await.len(), 1);
}

#[tokio::test]
async fn a_device_that_moves_on_mixes_nobody() {
	let mut warning = warning().await;
	let (monitor, other) = (signer(1), 8);
	warning.chain.bind(2, &monitor, other);
	for patient in [PATIENT, other] {
		warning.adult(patient).await;
	}
	limits(&warning, Subject::Patient(PATIENT), ("8867-4", "50", "120", "/min")).await;
	// All but the pulse of the first; then the pulse of the second.
	for value in ILL.iter().filter(|(code, ..)| *code != "8867-4") {
		warning.measured(&monitor, 1, *value).await;
	}
	for value in ["140", "145"] {
		warning.measured(&monitor, 2, ("8867-4", value, "/min")).await;
	}
	warning.judge().await;
	assert_eq!(
		warning.found().await.len(),
		0,
		"neither has a set, and the second no limits"
	);
	// A reading of the first comes late: it is hers.
	warning.measured(&monitor, 1, ("8867-4", "140", "/min")).await;
	warning.judge().await;
	let found = warning.found().await;
	assert!(found.iter().all(|(alert, _)| alert.patient == PATIENT));
	assert_eq!(found.len(), 2, "her limits and her score");
	warning.restart().await;
	for value in WELL.iter().filter(|(code, ..)| *code != "8867-4") {
		warning.measured(&monitor, 2, *value).await;
	}
	warning.judge().await;
	// 3 for a pulse of 145: the second's own.
	let of_other: Vec<_> = warning
		.found()
		.await
		.into_iter()
		.filter(|(alert, _)| alert.patient == other)
		.collect();
	assert_eq!(of_other.len(), 1);
	assert_eq!(of_other[0].1.value.as_deref(), Some("3"));
}

#[tokio::test]
async fn readings_wait_for_a_chain_that_is_away_and_others_do_not() {
	let mut warning = warning().await;
	let (known, unknown) = (signer(1), signer(2));
	warning.chain.bind(2, &unknown, 8);
	for patient in [PATIENT, 8] {
		limits(&warning, Subject::Patient(patient), ("8867-4", "50", "120", "/min")).await;
	}
	measure(&mut warning, &[PULSE]).await;
	warning.chain.set_away(true);
	let high = ("8867-4", "140", "/min");
	warning.measured(&unknown, 2, high).await;
	warning.measured(&known, 1, high).await;
	warning.measured(&unknown, 2, PULSE).await;
	warning.judge().await;
	let patients = |found: Vec<(PatientId, Content)>| found.iter().map(|(patient, _)| *patient).collect::<Vec<_>>();
	assert_eq!(patients(by(&warning, Rule::Limits).await), [PATIENT]);
	for restarts in [true, false] {
		if restarts {
			warning.restart().await;
			warning.judge().await;
		}
		assert_eq!(patients(by(&warning, Rule::Limits).await), [PATIENT]);
		warning.pass(MINUTE);
	}
	warning.chain.set_away(false);
	warning.judge().await;
	assert_eq!(patients(by(&warning, Rule::Limits).await), [PATIENT, 8]);
	warning.restart().await;
	warning.judge().await;
	assert_eq!(by(&warning, Rule::Limits).await.len(), 2);
}

#[tokio::test]
async fn a_reading_of_nobodys_binding_is_nobodys() {
	let mut warning = warning().await;
	// Of a binding that there is not, and of another device's.
	warning.measured(&signer(1), 9, ("8867-4", "140", "/min")).await;
	warning.measured(&signer(2), 1, ("8867-4", "140", "/min")).await;
	limits(&warning, Subject::Patient(PATIENT), ("8867-4", "50", "120", "/min")).await;
	warning.judge().await;
	assert_eq!(warning.found().await.len(), 0);
	let metrics = warning.world.registrar.metrics.text().unwrap();
	assert!(
		metrics.contains("salus_gateway_judged_readings_total{outcome=\"unknownBinding\"} 2"),
		"{metrics}"
	);
}

#[tokio::test]
async fn a_reading_delivered_twice_is_looked_at_once() {
	let mut warning = warning().await;
	let now = warning.now;
	let signed = warning.sign(&signer(1), 1, PULSE, now);
	assert_eq!(warning.keep(&signed).await, Kept::New);
	assert_eq!(warning.keep(&signed).await, Kept::Before);
	warning.judge().await;
	warning.restart().await;
	assert_eq!(warning.keep(&signed).await, Kept::Before);
	warning.engine.keep(warning.now).await.unwrap();
	warning.judge().await;
	warning.engine.keep(warning.now).await.unwrap();
	warning.restart().await;
	assert_eq!(warning.keep(&signed).await, Kept::Before);
	warning.judge().await;
	let metrics = warning.world.registrar.metrics.text().unwrap();
	assert!(
		!metrics.contains("judged_readings_total{"),
		"the last gateway had nothing to look at: {metrics}"
	);
}

#[tokio::test]
async fn a_trend_is_told_once_whatever_restarts_come_in_between() {
	let mut warning = warning().await;
	for minute in 0..120u64 {
		warning.pass(MINUTE);
		let value = if minute < 100 {
			70 + minute % 3
		} else {
			100 + minute % 3
		};
		warning
			.measured(&signer(1), 1, ("8867-4", &value.to_string(), "/min"))
			.await;
		warning.judge().await;
		if minute % 7 == 0 {
			warning.restart().await;
		}
	}
	let found = by(&warning, Rule::Trend).await;
	assert_eq!(found.len(), 1);
	let (patient, content) = &found[0];
	assert_eq!((*patient, content.severity), (PATIENT, Severity::Notice));
	assert!(
		content
			.says
			.starts_with("up against the patient's own baseline of an hour"),
		"{}",
		content.says
	);
}

#[tokio::test]
async fn ladders_are_of_the_patient_or_of_everybody() {
	let warning = warning().await;
	warning.ladder().await;
	let own = rungs()[1..].to_vec();
	warning
		.enter(Entry::Ladder {
			patient: Some(PATIENT),
			rungs: own.clone(),
		})
		.await;
	let mut warning = warning;
	warning.chain.bind(2, &signer(2), 8);
	for patient in [PATIENT, 8] {
		limits(&warning, Subject::Patient(patient), ("8867-4", "50", "120", "/min")).await;
	}
	for (device, binding) in [(1, 1), (2, 2)] {
		warning
			.measured(&signer(device), binding, ("8867-4", "140", "/min"))
			.await;
	}
	warning.judge().await;
	let ladders: Vec<_> = warning
		.found()
		.await
		.into_iter()
		.map(|(alert, _)| alert.ladder)
		.collect();
	assert_eq!(ladders, [own, rungs()]);
	assert_eq!(account(NURSE).0, NURSE);
}
