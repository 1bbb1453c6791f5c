//! How single elements are read, and what is refused, each with its path.

use salus_primitives::{Action, ActionSet, Category, CategorySet, Purpose, PurposeSet, Role, Terms};

use super::*;

fn refused(provision: Value) -> ConsentError {
	read(&with(provision), &directory()).unwrap_err()
}

fn at(provision: Value) -> String {
	let error = refused(provision);
	let is_refusal = matches!(error, ConsentError::NoCounterpart { .. });
	assert!(is_refusal, "{error:?}");
	error.path().to_string()
}

fn denials(provision: Value) -> Vec<DenialTerms<AccountId>> {
	let consent = read(&with(provision), &directory()).unwrap().consent;
	assert!(consent.grants.is_empty());
	consent.denials
}

fn granted(provision: Value) -> Vec<(Grantee<AccountId>, Terms)> {
	let consent = read(&with(provision), &directory()).unwrap().consent;
	assert!(consent.denials.is_empty());
	consent.grants
}

fn capacity(codes: &[(&str, &str)], reference: Value) -> Value {
	let codings: Vec<_> = codes.iter().map(|(system, code)| coding(system, code)).collect();
	json!({ "role": { "coding": codings }, "reference": reference })
}

const PRCP: (&str, &str) = (codes::PARTICIPATION, "PRCP");

/// Changes one field of a whole Consent.
fn changed(name: &str, value: Option<Value>) -> ConsentError {
	let mut document = with(json!({ "type": "deny" }));
	let fields = document.as_object_mut().unwrap();
	fields.remove(name);
	if let Some(value) = value {
		fields.insert(name.into(), value);
	}
	read(&document, &directory()).unwrap_err()
}

#[test]
fn only_an_active_privacy_consent_about_a_known_patient_is_read() {
	assert!(read(&with(json!({ "type": "deny" })), &directory()).is_ok());
	let concept = |system, code| Some(json!({ "coding": [coding(system, code)] }));
	let tagged = Some(json!({ "tag": [{ "code": "SUBSETTED" }] }));
	for (name, value, path) in [
		("resourceType", Some(json!("Contract")), "Consent.resourceType"),
		("status", Some(json!("rejected")), "Consent.status"),
		("status", None, "Consent.status"),
		("scope", concept(codes::SCOPE, "research"), "Consent.scope.coding[0]"),
		("scope", Some(json!({ "text": "privacy" })), "Consent.scope.coding"),
		(
			"policyRule",
			concept(codes::ACT_CODE, "OPTINR"),
			"Consent.policyRule.coding[0]",
		),
		("policyRule", None, "Consent.policyRule"),
		("patient", None, "Consent.patient"),
		(
			"patient",
			Some(json!({ "reference": "Organization/a" })),
			"Consent.patient",
		),
		(
			"patient",
			Some(json!({ "identifier": { "value": "7" } })),
			"Consent.patient.identifier",
		),
		(
			"organization",
			Some(json!([{ "reference": "Patient/ada" }])),
			"Consent.organization[0]",
		),
		(
			"performer",
			Some(json!([{ "reference": "Practitioner/eve" }])),
			"Consent.performer[0]",
		),
		("dateTime", Some(json!("2026-13")), "Consent.dateTime"),
		("id", Some(json!("a b")), "Consent.id"),
		("meta", tagged, "Consent.meta.tag[0]"),
		("text", Some(json!({ "status": "additional" })), "Consent.text.status"),
		("implicitRules", Some(json!("urn:x")), "Consent.implicitRules"),
		(
			"modifierExtension",
			Some(json!([{ "url": "urn:x" }])),
			"Consent.modifierExtension",
		),
		("_status", Some(json!({ "id": "x" })), "Consent._status"),
		("a`b", Some(json!(1)), "Consent.`a\\`b`"),
	] {
		assert_eq!(changed(name, value.clone()).path(), path, "{name} {value:?}");
	}
}

#[test]
fn what_stands_twice_is_no_json() {
	let twice = with(json!({ "type": "deny" }))
		.to_string()
		.replacen('{', "{\"status\":\"rejected\",", 1);
	let error = from_fhir(twice.as_bytes(), &directory(), None).unwrap_err();
	assert!(error.to_string().contains("`status` stands twice"), "{error}");
}

#[test]
fn no_provision_is_what_the_policy_says() {
	let mut document = with(json!({}));
	let fields = document.as_object_mut().unwrap();
	fields.remove("provision");
	let consent = read(&document, &directory()).unwrap().consent;
	assert_eq!(consent.denials, [DenialTerms::all()]);
	let opt_in = json!({ "coding": [coding(codes::ACT_CODE, "OPTIN")] });
	document.as_object_mut().unwrap().insert("policyRule".into(), opt_in);
	let error = read(&document, &directory()).unwrap_err();
	assert_eq!(error.path(), "Consent.provision.type");
	assert!(matches!(error, ConsentError::Ambiguous { .. }));
}

#[test]
fn a_permit_is_a_grant_to_each_recipient() {
	let to = |actors: Value| -> Vec<_> {
		let grants = granted(json!({ "type": "permit", "actor": actors }));
		grants.into_iter().map(|(to, _)| to).collect()
	};
	let bob = Grantee::Account(account(1));
	let both = json!([actor("PRCP", "Practitioner/bob"), actor("IRCP", "Organization/b")]);
	assert_eq!(to(both), [bob, Grantee::Institution(2)]);
	let b = json!({ "reference": "Organization/b" });
	let nurses = json!([capacity(&[PRCP, (codes::CAPACITY, "nurse")], b.clone())]);
	assert_eq!(to(nurses), [Grantee::Role(Role::Nurse, 2)]);
	let assigned = json!([capacity(&[PRCP, (codes::CAPACITY, "assigned")], b)]);
	assert_eq!(to(assigned), [Grantee::Assigned(2)]);
	let [(to, _)] = granted(json!({ "type": "permit" })).try_into().unwrap();
	assert_eq!(to, Grantee::Institution(1));
}

#[test]
fn a_grant_without_anybody_is_refused() {
	let mut document = with(json!({ "type": "permit" }));
	document.as_object_mut().unwrap().remove("organization");
	let error = read(&document, &directory()).unwrap_err();
	assert_eq!(error.path(), "Consent.provision.actor");
}

#[test]
fn actors_the_chain_does_not_know_are_refused() {
	let b = json!({ "reference": "Organization/b" });
	let permit = |actor: Value| at(json!({ "type": "permit", "actor": [actor] }));
	assert_eq!(
		permit(actor("AUT", "Practitioner/bob")),
		"Consent.provision.actor[0].role.coding[0]"
	);
	assert_eq!(permit(actor("CST", "Organization/a")), "Consent.provision.actor[0]");
	assert_eq!(
		permit(actor("PRCP", "Patient/eve")),
		"Consent.provision.actor[0].reference"
	);
	let unclear = capacity(&[PRCP, (codes::PARTICIPATION, "CST")], b.clone());
	assert_eq!(permit(unclear), "Consent.provision.actor[0].role");
	let lonely = capacity(&[(codes::CAPACITY, "acting-for")], b.clone());
	assert_eq!(permit(lonely), "Consent.provision.actor[0]");
	let anybody = json!({ "identifier": { "system": codes::INSTITUTION, "value": codes::ANY } });
	let doctors = capacity(&[PRCP, (codes::CAPACITY, "doctor")], anybody);
	assert_eq!(permit(doctors), "Consent.provision.actor[0]");
	let assigned = capacity(&[PRCP, (codes::CAPACITY, "assigned")], b);
	assert_eq!(
		at(json!({ "type": "deny", "actor": [assigned] })),
		"Consent.provision.actor[0]"
	);
	let wrong = refused(json!({ "type": "deny", "actor": [actor("CST", "Practitioner/bob")] }));
	assert!(matches!(wrong, ConsentError::WrongReference { .. }), "{wrong:?}");
}

#[test]
fn what_is_not_said_is_all() {
	let [(_, terms)] = granted(json!({ "type": "permit" })).try_into().unwrap();
	let expected = Terms {
		actions: ActionSet::ALL,
		purposes: PurposeSet::ALL,
		categories: CategorySet::ALL,
		ends: Moment::MAX,
		..Terms::none()
	};
	assert_eq!(terms, expected);
}

#[test]
fn codes_are_read_by_their_systems() {
	let concept = |code| json!({ "coding": [coding(codes::ACTION, code)] });
	let provision = json!({
		"type": "permit",
		"action": [concept("access"), concept("collect"), concept("correct"), concept("disclose")],
		"purpose": [coding(codes::PURPOSE, "TREAT"), coding(codes::PURPOSE, "PATRQT")],
		"class": [coding(codes::RESOURCE, "Claim"), coding(codes::LOINC, "11502-2"), coding(codes::CATEGORY, "other")],
		"securityLabel": [coding(codes::CONFIDENTIALITY, "N"), coding(codes::COMPARTMENT, "17")],
	});
	let [(_, terms)] = granted(provision).try_into().unwrap();
	assert_eq!(terms.actions, ActionSet::ALL);
	assert_eq!(
		terms.purposes,
		PurposeSet::of(&[Purpose::Treatment, Purpose::PatientRequest])
	);
	let categories = [Category::Laboratory, Category::Claims, Category::Other];
	assert_eq!(terms.categories, CategorySet::of(&categories));
	assert_eq!(terms.compartments.to_vec(), [17]);
	for (name, value, path) in [
		("action", concept("use"), "action[0].coding[0]"),
		("purpose", coding(codes::PURPOSE, "HMARKT"), "purpose[0]"),
		("purpose", coding("urn:x", "TREAT"), "purpose[0]"),
		("class", coding(codes::RESOURCE, "Observation"), "class[0]"),
		(
			"class",
			coding("urn:ietf:bcp:13", "application/hl7-cda+xml"),
			"class[0]",
		),
		("securityLabel", coding(codes::CONFIDENTIALITY, "R"), "securityLabel[0]"),
		("securityLabel", coding(codes::ACT_CODE, "PSY"), "securityLabel[0]"),
		("securityLabel", coding(codes::COMPARTMENT, "17"), "securityLabel"),
		("code", concept("x"), "code"),
	] {
		let provision = json!({ "type": "permit", name: [value] });
		assert_eq!(at(provision), format!("Consent.provision.{path}"));
	}
	for drawer in ["256", "017", "x"] {
		let error = refused(json!({ "type": "deny", "securityLabel": [coding(codes::COMPARTMENT, drawer)] }));
		assert_eq!(error.path(), "Consent.provision.securityLabel[0]");
	}
}

#[test]
fn codings_of_one_concept_agree() {
	let both = json!({ "coding": [coding(codes::ACTION, "access"), coding(codes::ACTION, "correct")] });
	let path = at(json!({ "type": "permit", "action": [both] }));
	assert_eq!(path, "Consent.provision.action[0].coding[1]");
}

#[test]
fn periods_are_as_long_as_fhir_means_them() {
	let ranges = |start: &str, end: &str| {
		let period = json!({ "start": start, "end": end });
		let [(_, terms)] = granted(json!({ "type": "permit", "period": period }))
			.try_into()
			.unwrap();
		(terms.starts, terms.ends)
	};
	let day = YEAR_2015;
	assert_eq!(ranges("2015", "2015"), (day, day + 365 * DAY));
	assert_eq!(ranges("2015-01", "2015-02"), (day, day + 59 * DAY));
	assert_eq!(ranges("2015-01-01", "2015-01-01"), (day, day + DAY));
	assert_eq!(ranges("1964-01-01", "2015-01-01T00:00:00Z"), (0, day + 1_000));
	let zoned = ("2015-01-01T10:00:00.5+10:00", "2015-01-01T00:00:01.25Z");
	assert_eq!(ranges(zoned.0, zoned.1), (day + 500, day + 1_260));
	for wrong in [
		"2015-1",
		"2015-02-29",
		"0000",
		"+015",
		"2015-01-01T10:00Z",
		"2015-01-01T10:00:00",
		"2015-01-01 10:00:00Z",
		"2015-01-01t10:00:00z",
		"2016-12-31T23:59:60Z",
		"2015-01-01T10:00:00+15:00",
		"2015-01-01T10:00:00.0001Z",
	] {
		let error = refused(json!({ "type": "permit", "period": { "end": wrong } }));
		assert_eq!(error.path(), "Consent.provision.period.end", "{wrong}");
	}
	let inverted = refused(json!({ "type": "permit", "period": { "start": "2016", "end": "2015" } }));
	assert_eq!(inverted.path(), "Consent.provision.period");
	let early = at(json!({ "type": "permit", "period": { "end": "1960" } }));
	assert_eq!(early, "Consent.provision.period.end");
	let early = at(json!({ "type": "permit", "dataPeriod": { "start": "1960" } }));
	assert_eq!(early, "Consent.provision.dataPeriod.start");
}

#[test]
fn a_denial_has_no_time_purpose_or_single_action() {
	let concept = |code| json!([{ "coding": [coding(codes::ACTION, code)] }]);
	let path = |name: &str, value: Value| at(json!({ "type": "deny", name: value }));
	assert_eq!(path("period", json!({ "end": "2027" })), "Consent.provision.period");
	assert_eq!(
		path("purpose", json!([coding(codes::PURPOSE, "HRESCH")])),
		"Consent.provision.purpose"
	);
	assert_eq!(path("action", concept("disclose")), "Consent.provision.action");
	assert_eq!(
		denials(json!({ "type": "deny", "action": concept("access") })),
		[DenialTerms::all()]
	);
	let normal = json!([coding(codes::CONFIDENTIALITY, "N")]);
	assert_eq!(path("securityLabel", normal), "Consent.provision.securityLabel[0]");
	let uses = json!([{ "url": codes::USES, "valuePositiveInt": 1 }]);
	assert_eq!(
		path("modifierExtension", uses),
		"Consent.provision.modifierExtension[0]"
	);
}

#[test]
fn extensions_other_than_ours_are_refused() {
	let path = |name: &str, value: Value| refused(json!({ "type": "permit", name: value })).path().to_string();
	let uses = |value: Value| json!({ "url": codes::USES, "valuePositiveInt": value });
	let at = "Consent.provision.modifierExtension[0]";
	assert_eq!(
		path("modifierExtension", json!([{ "url": "urn:x", "valuePositiveInt": 1 }])),
		at
	);
	assert_eq!(
		path("modifierExtension", json!([uses(json!(0))])),
		format!("{at}.valuePositiveInt")
	);
	let twice = json!([uses(json!(1)), uses(json!(2))]);
	assert_eq!(
		path("modifierExtension", twice),
		"Consent.provision.modifierExtension[1]"
	);
	let unread = json!([{ "url": codes::ERASE_AFTER, "valueString": "soon" }]);
	assert_eq!(path("extension", unread), "Consent.provision.extension[0].valueString");
}

#[test]
fn what_outlives_the_patient_is_said_by_one_extension_alone() {
	let marks = |value: Value| json!({ "url": codes::OUTLIVES, "valueBoolean": value });
	let erased = json!({ "url": codes::ERASE_AFTER, "valueDateTime": "2027" });
	let permit =
		|name: &str, value: Value| json!({ "type": "permit", "actor": [actor("PRCP", "Organization/b")], name: value });
	let outlives = |extensions: Value| {
		let [(_, terms)] = granted(permit("extension", extensions)).try_into().unwrap();
		(terms.outlives, terms.erase_after.is_some())
	};
	let [(_, plain)] = granted(permit("purpose", json!([coding(codes::PURPOSE, "HRESCH")])))
		.try_into()
		.unwrap();
	assert!(!plain.outlives);
	assert_eq!(outlives(json!([marks(json!(true))])), (true, false));
	assert_eq!(outlives(json!([marks(json!(false))])), (false, false));
	assert_eq!(outlives(json!([marks(json!(true)), erased])), (true, true));
	assert_eq!(outlives(json!([erased, marks(json!(true))])), (true, true));

	let path = |name: &str, value: Value| refused(permit(name, value)).path().to_string();
	let one = marks(json!(true));
	for (name, value, at) in [
		("extension", json!([one, one]), "extension[1]"),
		("extension", json!([erased, one, erased]), "extension[2]"),
		("extension", json!([one, { "url": "urn:x" }]), "extension[1]"),
		("extension", json!([marks(json!("yes"))]), "extension[0].valueBoolean"),
		(
			"extension",
			json!([{ "url": codes::OUTLIVES }]),
			"extension[0].valueBoolean",
		),
		(
			"extension",
			json!([{ "url": codes::OUTLIVES, "valueCode": "yes" }]),
			"extension[0].valueCode",
		),
		(
			"modifierExtension",
			json!([{ "url": codes::OUTLIVES, "valuePositiveInt": 1 }]),
			"modifierExtension[0]",
		),
	] {
		assert_eq!(path(name, value.clone()), format!("Consent.provision.{at}"), "{value}");
	}
	let denial = json!({ "type": "deny", "extension": [one] });
	assert_eq!(at(denial), "Consent.provision.extension[0]");

	// Around permits it is each one's, unless one says that it ends with her life.
	let framed = |around: bool, within: bool| {
		json!({
			"extension": [marks(json!(around))],
			"provision": [permit("extension", json!([marks(json!(within))])), permit("class", json!([coding(codes::CATEGORY, "vitals")]))],
		})
	};
	let marked: Vec<_> = granted(framed(true, false))
		.into_iter()
		.map(|(_, terms)| terms.outlives)
		.collect();
	assert_eq!(marked, [false, true]);
	assert_eq!(at(framed(false, true)), "Consent.provision.provision[0].extension[0]");
}

#[test]
fn a_frame_holds_for_what_is_in_it() {
	let provision = json!({
		"period": { "start": "2027", "end": "2027" },
		"actor": [actor("PRCP", "Organization/b")],
		"provision": [
			{ "type": "permit", "class": [coding(codes::CATEGORY, "imaging")] },
			{ "type": "permit", "actor": [actor("PRCP", "Organization/b")], "class": [coding(codes::CATEGORY, "vitals")] },
		],
	});
	let [imaging, vitals] = granted(provision).try_into().unwrap();
	assert_eq!(imaging.0, Grantee::Institution(2));
	assert_eq!(imaging.1.categories, CategorySet::of(&[Category::Imaging]));
	assert_eq!(vitals.1.categories, CategorySet::of(&[Category::Vitals]));
	assert_eq!((vitals.1.starts, vitals.1.ends), (imaging.1.starts, imaging.1.ends));
	let differs = json!({
		"class": [coding(codes::CATEGORY, "imaging")],
		"provision": [{ "type": "permit", "class": [coding(codes::CATEGORY, "vitals")] }],
	});
	assert_eq!(at(differs), "Consent.provision.provision[0].class");
}

#[test]
fn a_permit_with_exceptions_is_grants_and_denials() {
	let provision = json!({
		"type": "permit",
		"purpose": [coding(codes::PURPOSE, "TREAT")],
		"actor": [actor("PRCP", "Organization/b")],
		"provision": [
			{ "type": "deny", "class": [coding(codes::CATEGORY, "genomic")] },
			{ "type": "deny", "actor": [actor("PRCP", "Practitioner/bob")] },
		],
	});
	let reading = read(&with(provision), &directory()).unwrap();
	let [(to, terms)] = reading.consent.grants.try_into().unwrap();
	assert_eq!(
		(to, terms.purposes),
		(Grantee::Institution(2), PurposeSet::of(&[Purpose::Treatment]))
	);
	let genomic = DenialTerms {
		institution: Some(2),
		category: Some(Category::Genomic),
		..DenialTerms::all()
	};
	let bob = DenialTerms {
		account: Some(account(1)),
		institution: Some(2),
		..DenialTerms::all()
	};
	assert_eq!(reading.consent.denials, [genomic, bob]);
	assert!(reading
		.notes
		.iter()
		.any(|note| note.path == "Consent.provision.provision[0]"));
}

#[test]
fn exceptions_that_the_rules_have_no_order_for_are_refused() {
	let inner = "Consent.provision.provision[0]";
	assert_eq!(
		at(json!({ "type": "deny", "provision": [{ "type": "permit" }] })),
		inner
	);
	assert_eq!(
		at(json!({ "type": "permit", "provision": [{ "type": "permit" }] })),
		inner
	);
	let deep = json!({ "provision": [{ "type": "permit", "provision": [{ "type": "deny" }] }] });
	assert_eq!(at(deep), format!("{inner}.provision[0]"));
	let untyped = refused(json!({ "provision": [{ "actor": [actor("PRCP", "Organization/b")] }] }));
	assert_eq!(untyped.path(), format!("{inner}.type"));
	// Emergencies are left to breaking the glass where they are all that is permitted, and nowhere else.
	let treat = json!({ "purpose": [coding(codes::PURPOSE, "TREAT")], "provision": [{ "type": "deny" }] });
	assert_eq!(at(treat), "Consent.provision.purpose");
	let emergency =
		|provision: Value| json!({ "purpose": [coding(codes::PURPOSE, "ETREAT")], "provision": [provision] });
	assert_eq!(denials(emergency(json!({ "type": "deny" }))), [DenialTerms::all()]);
	let bob = json!({ "type": "deny", "actor": [actor("PRCP", "Practitioner/bob")] });
	assert_eq!(at(emergency(bob)), "Consent.provision.purpose");
}

#[test]
fn an_action_that_is_viewed_alone_stays_alone() {
	let concept = json!([{ "coding": [coding(codes::ACTION, "access")] }]);
	let [(_, terms)] = granted(json!({ "type": "permit", "action": concept }))
		.try_into()
		.unwrap();
	assert_eq!(terms.actions, ActionSet::of(&[Action::View]));
}

#[test]
fn the_published_code_systems_have_the_codes_that_are_written() {
	let codes = |text: &str| -> (String, Vec<String>) {
		let system: Value = serde_json::from_str(text).unwrap();
		let concepts = system["concept"].as_array().unwrap().iter();
		let codes = concepts.map(|concept| concept["code"].as_str().unwrap().to_string());
		(system["url"].as_str().unwrap().to_string(), codes.collect())
	};
	let categories = Category::ALL.map(codes::of_category).to_vec();
	let published = codes(include_str!("../../../../fhir/CodeSystem-category.json"));
	assert_eq!(published, (codes::CATEGORY.to_string(), categories));
	let roles = Role::ALL.map(codes::of_role).into_iter();
	let capacities = roles.chain([codes::ASSIGNED.to_string(), codes::ACTING_FOR.to_string()]);
	let published = codes(include_str!("../../../../fhir/CodeSystem-capacity.json"));
	assert_eq!(published, (codes::CAPACITY.to_string(), capacities.collect()));
	let drawers = (0..=255).map(|drawer: u8| drawer.to_string()).collect();
	let published = codes(include_str!("../../../../fhir/CodeSystem-compartment.json"));
	assert_eq!(published, (codes::COMPARTMENT.to_string(), drawers));
}
