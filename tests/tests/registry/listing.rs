//! Serials by company, template, stage and mark; and how many there are.

use plugmint::{CompanyId, SerialCounts, SerialFilter, SerialScope};

use crate::prelude::*;

/// Reads pages of that size to the end.
fn listed(scene: &Scene, filter: &SerialFilter, size: usize) -> Vec<String> {
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let size = NonZeroUsize::new(size).unwrap();
        let page = block_on(scene.registry.serials(filter, after.as_ref(), size)).unwrap();
        assert!(page.serials.len() <= size.get());
        listed.extend(page.serials.iter().map(|status| status.id.serial().to_string()));
        match page.next {
            Some(next) => after = Some(next),
            None => return listed,
        }
    }
}

fn counted(scene: &Scene, filter: &SerialFilter) -> SerialCounts {
    let mut counts = SerialCounts::default();
    let mut after = None;
    loop {
        let (more, next) = block_on(scene.registry.count_serials(filter, after.as_ref())).unwrap();
        counts += more;
        match next {
            Some(next) => after = Some(next),
            None => return counts,
        }
    }
}

#[test]
fn serials_are_listed_in_order_whatever_the_size_of_a_page() {
    let scene = scene();
    for number in [3, 1, 2, 10, 20] {
        block_on(scene.register(&format!("SN-{number}"), &password(number)));
    }
    let filter = of_template(scene.template.id());
    for size in 1..7 {
        assert_eq!(listed(&scene, &filter, size), ["SN-1", "SN-10", "SN-2", "SN-20", "SN-3"]);
    }
}

#[test]
fn a_filter_lets_through_a_stage_and_a_mark() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let off = block_on(scene.register("REG-OFF", &password(1)));
    block_on(scene.register("REG-ON", &password(2)));
    block_on(scene.enrolled("ENR", &password(3)));
    let (active, _) = block_on(scene.activated("ACT-OFF", &password(4)));
    let retired = block_on(scene.register("RET", &password(5)));
    block_on(registry.disable(&off, ada)).unwrap();
    block_on(registry.disable(&active, ada)).unwrap();
    block_on(registry.retire(&retired, ada)).unwrap();
    let all = of_template(scene.template.id());
    let only = |filter| listed(&scene, &filter, 2);
    assert_eq!(only(all.in_stage(StageName::Registered)), ["REG-OFF", "REG-ON"]);
    assert_eq!(only(all.in_stage(StageName::Enrolled)), ["ENR"]);
    assert_eq!(only(all.marked(Mark::Disabled)), ["ACT-OFF", "REG-OFF"]);
    assert_eq!(only(all.marked(Mark::Enabled)), ["ENR", "REG-ON"]);
    assert_eq!(only(all.in_stage(StageName::Registered).marked(Mark::Disabled)), ["REG-OFF"]);
    assert_eq!(only(all.in_stage(StageName::Retired)), ["RET"]);
    assert_eq!(only(all.in_stage(StageName::Retired).marked(Mark::Enabled)), [""; 0]);
    let counts = counted(&scene, &all);
    assert_eq!(
        (counts.registered, counts.enrolled, counts.activated, counts.retired),
        (2, 1, 1, 1)
    );
    assert_eq!((counts.disabled, counts.in_overlap, counts.total()), (2, 0, 5));
}

#[test]
fn a_company_has_the_serials_of_all_its_templates_and_no_others() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let mut expected = Vec::new();
    let more = (0..3).map(|_| block_on(registry.create_template(registry.company(), design())));
    let mut templates: Vec<_> = more.map(|made| *made.unwrap().id()).collect();
    templates.push(*scene.template.id());
    templates.sort();
    for (at, template) in templates.iter().enumerate() {
        // One of the templates has none.
        for number in 0..at {
            let serial = format!("T{at}-{number}");
            let new = new_serial(&serial, &password(u32::try_from(at * 9 + number).unwrap()));
            block_on(registry.register(template, new, ada)).unwrap();
            expected.push(serial);
        }
    }
    let elsewhere = CompanyId::from_parts([7; 12]);
    let other = *block_on(registry.create_template(&elsewhere, design())).unwrap().id();
    block_on(registry.register(&other, new_serial("OTHER", &password(99)), ada)).unwrap();
    let company = SerialFilter::of(SerialScope::Company(*registry.company()));
    for size in 1..8 {
        assert_eq!(listed(&scene, &company, size), expected);
    }
    assert_eq!(counted(&scene, &company).total(), 6);
    let other = SerialFilter::of(SerialScope::Company(elsewhere));
    assert_eq!(listed(&scene, &other, 9), ["OTHER"]);
    let nobody = SerialFilter::of(SerialScope::Company(CompanyId::from_parts([8; 12])));
    assert_eq!(listed(&scene, &nobody, 9), [""; 0]);
}

#[test]
fn a_narrow_filter_over_many_serials_ends() {
    let scene = scene();
    let registry = &scene.registry;
    let new = (0..9_000).map(|number| new_serial(&format!("SN-{number:04}"), &password(number)));
    let new: Vec<_> = new.collect();
    block_on(registry.register_all(scene.template.id(), new, &scene.ada)).unwrap();
    let one = scene.id("SN-8500");
    block_on(registry.disable(&one, &scene.ada)).unwrap();
    let filter = of_template(scene.template.id()).marked(Mark::Disabled);
    let first = block_on(registry.serials(&filter, None, PAGE)).unwrap();
    assert!(first.serials.is_empty() && first.next.is_some());
    assert_eq!(listed(&scene, &filter, 5), ["SN-8500"]);
    let counts = counted(&scene, &of_template(scene.template.id()));
    assert_eq!((counts.total(), counts.disabled), (9_000, 1));
}

#[test]
fn an_unknown_template_has_no_list() {
    let scene = scene();
    let filter = of_template(&TemplateId::from_parts([9; 12]));
    let listed = block_on(scene.registry.serials(&filter, None, PAGE)).unwrap_err();
    assert_eq!(listed.code(), "unknown-template");
    let counted = block_on(scene.registry.count_serials(&filter, None)).unwrap_err();
    assert_eq!(counted.code(), "unknown-template");
}

#[test]
fn a_list_does_not_go_on_behind_a_serial_of_another_one() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let elsewhere = CompanyId::from_parts([7; 12]);
    let other = *block_on(registry.create_template(&elsewhere, design())).unwrap().id();
    block_on(registry.register(&other, new_serial("SN-1", &password(1)), ada)).unwrap();
    let foreign = SerialId::new(other, "SN-0".parse().unwrap());
    let nowhere = SerialId::new(TemplateId::from_parts([9; 12]), *foreign.serial());
    let filters = [
        of_template(scene.template.id()),
        SerialFilter::of(SerialScope::Company(*registry.company())),
    ];
    for filter in filters {
        for after in [&foreign, &nowhere] {
            let listed = block_on(registry.serials(&filter, Some(after), PAGE)).unwrap_err();
            assert_eq!(listed.code(), "foreign-cursor");
            let counted = block_on(registry.count_serials(&filter, Some(after))).unwrap_err();
            assert_eq!(counted.code(), "foreign-cursor");
        }
    }
}

#[test]
fn a_company_is_listed_on_when_the_template_of_the_last_page_is_deleted() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let second = *block_on(registry.create_template(registry.company(), design())).unwrap().id();
    let mut templates = [*scene.template.id(), second];
    templates.sort();
    for (template, number) in templates.iter().zip(1..) {
        let new = new_serial(&format!("SN-{number}"), &password(number));
        block_on(registry.register(template, new, ada)).unwrap();
    }
    let company = SerialFilter::of(SerialScope::Company(*registry.company()));
    let one = NonZeroUsize::MIN;
    let first = block_on(registry.serials(&company, None, one)).unwrap();
    block_on(registry.delete_template(&templates[0], plugmint::Living::Refuse, ada)).unwrap();
    let page = block_on(registry.serials(&company, first.next.as_ref(), PAGE)).unwrap();
    assert_eq!(page.serials.len(), 1);
    assert_eq!(page.serials[0].id.template(), &templates[1]);
}
