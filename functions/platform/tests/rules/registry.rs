//! The registry imported.

use eport_platform::Platform;
use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::platform::Database as _;
use eport_shared::registry_import::row_end;
use eport_shared::sql;
use eport_shared::testing::{Answer, Call, World};
use serde_json::{Value as Json, json};

use crate::{get, ids, items, on_duty};

const IMPORT: &str = "/v1/platform/registry/import";
const ONE: &str = "913300007458363392";
const OTHER: &str = "91350100M000100Y43";

async fn send(world: &World, token: &str, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let call =
        Call::post(&format!("{IMPORT}{query}")).bearer(token).raw(file.into()).header("content-type", "text/csv");
    world.send::<Platform>(call).await
}

fn counts(import: &Json) -> [i64; 5] {
    ["rows", "added", "changed", "unchanged", "refused"].map(|name| import[name].as_i64().unwrap())
}

async fn names(world: &World) -> Vec<(String, String)> {
    let rows = world.rows(&sql!("SELECT uscc, name FROM registry ORDER BY uscc"), &[]).await;
    rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect()
}

/// The `n`th USCC of the tests: the check character by the standard's definition.
fn uscc(n: usize) -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!("9133{n:013}");
    let mut power = 1;
    let mut sum = 0;
    for byte in body.bytes() {
        sum += ALPHABET.iter().position(|c| *c == byte).unwrap() * power;
        power = power * 3 % 31;
    }
    let check = (31 - sum % 31) % 31;
    format!("{body}{}", char::from(ALPHABET[check]))
}

on_each_database! {
    async fn a_file_is_taken_in_and_again_without_change(world: World) {
        let (staff, token) = on_duty(&world).await;
        let file = format!(
            "uscc,name,registered_address,business_scope,legal_person_name\n{ONE},杭州示例进出口有限公司,杭州市上城区,\"信息服务, 软件\",张三\n{OTHER},福州示例贸易有限公司,,,\n"
        );
        let done = send(&world, &token, "", file.clone()).await.done(201);
        assert_eq!(counts(&done), [2, 2, 0, 0, 0]);
        assert_eq!((&done["state"], &done["lines"], &done["source"], &done["account_id"]), (&json!("done"), &json!(3), &json!("platform"), &json!(staff.id)));
        let row = world.rows(&sql!("SELECT registered_address, business_scope, legal_person_name FROM registry WHERE uscc = $1"), &[ONE.into()]).await;
        assert_eq!([0, 1, 2].map(|n| row[0].get::<String>(n).unwrap()), ["杭州市上城区", "信息服务, 软件", "张三"]);
        world.advance(1);
        assert_eq!(counts(&send(&world, &token, "", file.clone()).await.done(201)), [2, 0, 0, 2, 0]);
        let changed = file.replace("张三", "李四");
        assert_eq!(counts(&send(&world, &token, "?dry_run=true", changed.clone()).await.done(201)), [2, 0, 1, 1, 0]);
        assert_eq!(counts(&send(&world, &token, "", changed).await.done(201)), [2, 0, 1, 1, 0], "the dry run wrote nothing");
        let events = world.audit_of("registry.imported").await;
        assert_eq!((events.len(), events[0].actor_id), (3, Some(staff.id)));
        let list = get(&world, &token, "/v1/platform/registry/imports").await.done(200);
        assert_eq!(items(&list).len(), 4);
        let path = format!("/v1/platform/registry/imports/{}", ids(&list)[3]);
        assert_eq!(get(&world, &token, &path).await.done(200), done);
    }

    async fn bad_rows_are_told_with_their_lines_and_the_others_are_taken(world: World) {
        let (_, token) = on_duty(&world).await;
        let long = "长".repeat(201);
        let file = format!(
            "统一社会信用代码,企业名称,备注\r\n{ONE},\"两行\n名称\",x\r\n913300007458363393,错的,x\r\n,空的,x\r\n{OTHER},,x\r\n{OTHER},{long},x\r\n{OTHER},看不见\u{200B},x\r\n{OTHER},少一列\r\n{OTHER},福州,x\r\n"
        );
        let done = send(&world, &token, "", file).await.done(201);
        assert_eq!(counts(&done), [8, 2, 0, 0, 6]);
        let told: Vec<_> = done["errors"].as_array().unwrap().iter()
            .map(|error| (error["line"].as_i64().unwrap(), error["field"].as_str(), error["code"].as_str().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                (4, Some("uscc"), "uscc.check_character"), (5, Some("uscc"), "uscc.format"), (6, Some("name"), "registry.name_required"),
                (7, Some("name"), "text.length"), (8, Some("name"), "text.control_characters"), (9, None, "registry.columns"),
            ]
        );
        assert!(done["errors"][0]["detail"].as_str().unwrap().contains("校验码"));
        assert_eq!(names(&world).await, [(ONE.to_owned(), "两行 名称".to_owned()), (OTHER.to_owned(), "福州".to_owned())]);
        let path = format!("/v1/platform/registry/imports/{}", done["id"].as_str().unwrap());
        let english = world.send::<Platform>(Call::get(&path).bearer(&token).header("accept-language", "en")).await.done(200);
        assert!(english["errors"][0]["detail"].as_str().unwrap().contains("18th character"));
    }

    async fn an_open_quote_costs_its_own_row_and_no_other(world: World) {
        let (_, token) = on_duty(&world).await;
        let (third, fourth) = (uscc(3), uscc(4));
        // One that nobody closes; one that closes where another row's quote opens; one that closes as if the row behind it were its text.
        for (file, refused) in [
            (format!("{ONE},一,\"信息服务\n{OTHER},二,货物\n{third},三,技术\n{fourth},四,代理\n"), vec![2]),
            (format!("{OTHER},二,货物\n{ONE},一,\"信息服务\n{third},三,\"技术, 代理\"\n{fourth},四,\"两\n行\"\n"), vec![3]),
            (format!("{ONE},\"一,信息服务\n{OTHER},二,货物\n{third},三,\"\n{fourth},四,代理\n"), vec![2, 4]),
            (format!("{OTHER},二,货物\n{third},三,技术\n{fourth},四,代理\n{ONE},一,\"信息服务"), vec![5]),
        ] {
            world.rows(&sql!("DELETE FROM registry"), &[]).await;
            let done = send(&world, &token, "", format!("uscc,name,business_scope\n{file}")).await.done(201);
            let told: Vec<_> = done["errors"].as_array().unwrap().iter().map(|error| (error["line"].as_i64().unwrap(), error["code"].as_str().unwrap())).collect();
            let expected: Vec<_> = refused.iter().map(|line| (*line, "registry.quote")).collect();
            assert_eq!(told, expected, "{file}");
            let bad = i64::try_from(refused.len()).unwrap();
            assert_eq!(counts(&done), [4, 4 - bad, 0, 0, bad], "{file}");
            assert!(names(&world).await.iter().all(|(_, name)| name != "一"), "{file}");
        }
        let header = format!("uscc,name,\"business_scope\n{ONE},一,\n");
        send(&world, &token, "", header).await.refused(&catalogue::REGISTRY_HEADER);
    }

    async fn a_quote_that_is_open_at_the_end_of_a_part_ends_with_its_line(world: World) {
        let (_, token) = on_duty(&world).await;
        let first = format!("uscc,name\n{ONE},\"一\n{OTHER},二\n");
        let seen = send(&world, &token, "?last=false", first).await.done(201);
        let rest = format!("?import_id={}", seen["id"].as_str().unwrap());
        let done = send(&world, &token, &rest, format!("{},三\n{},\"四\n", uscc(3), uscc(4))).await.done(201);
        assert_eq!(counts(&done), [4, 2, 0, 0, 2]);
        let lines: Vec<_> = done["errors"].as_array().unwrap().iter().map(|error| error["line"].as_i64().unwrap()).collect();
        assert_eq!(lines, [2, 5]);
    }

    async fn both_encodings_and_a_byte_order_mark_are_read(world: World) {
        let (_, token) = on_duty(&world).await;
        let text = format!("企业名称,统一社会信用代码\n杭州示例镕有限公司,{ONE}\n");
        let gbk = encoding_rs::GB18030.encode(&text).0.into_owned();
        assert_eq!(counts(&send(&world, &token, "", gbk).await.done(201)), [1, 1, 0, 0, 0]);
        assert_eq!(counts(&send(&world, &token, "", format!("\u{FEFF}{text}")).await.done(201)), [1, 0, 0, 1, 0]);
        assert_eq!(names(&world).await[0].1, "杭州示例镕有限公司");
        send(&world, &token, "", b"\xFF\xFEu\x00".to_vec()).await.refused(&catalogue::REGISTRY_ENCODING);
    }

    async fn a_damaged_byte_costs_its_row_and_no_other(world: World) {
        let (_, token) = on_duty(&world).await;
        let text = format!("企业名称,统一社会信用代码\n杭州示例进出口有限公司,{ONE}\n福州示例贸易有限公司,{OTHER}\n");
        for mut bytes in [text.clone().into_bytes(), encoding_rs::GB18030.encode(&text).0.into_owned()] {
            world.rows(&sql!("DELETE FROM registry"), &[]).await;
            let place = bytes.iter().rposition(|byte| *byte == b',').unwrap() - 1;
            bytes[place] = 0xFF;
            let done = send(&world, &token, "", bytes).await.done(201);
            assert_eq!(counts(&done), [2, 1, 0, 0, 1]);
            let error = &done["errors"][0];
            assert_eq!((&error["line"], &error["field"], &error["code"]), (&json!(3), &json!("name"), &json!("text.damaged")));
            assert_eq!(names(&world).await, [(ONE.to_owned(), "杭州示例进出口有限公司".to_owned())]);
        }
        // As the page sends what it could not read itself.
        let done = send(&world, &token, "", format!("uscc,name\n{OTHER},福州示\u{FFFD}贸易有限公司\n")).await.done(201);
        assert_eq!((counts(&done)[4], done["errors"][0]["code"].as_str()), (1, Some("text.damaged")));
    }

    async fn what_is_taken_in_is_found(world: World) {
        let (_, token) = on_duty(&world).await;
        let longest = [("name", 200), ("registered_address", 200), ("business_scope", 4000), ("legal_person_name", 200)];
        let row = |more: &dyn Fn(&str) -> usize| longest.map(|(field, most)| "长".repeat(most + more(field))).join(",");
        let file = format!("uscc,name,registered_address,business_scope,legal_person_name\n{ONE},{}\n", row(&|_| 0));
        assert_eq!(counts(&send(&world, &token, "", file.clone()).await.done(201)), [1, 1, 0, 0, 0]);
        let mut connection = world.database.connect().await.unwrap();
        assert!(eport_shared::registry::local(connection.as_mut(), ONE).await.unwrap().is_some());
        drop(connection);
        for (wrong, _) in longest {
            let file = format!(
                "uscc,name,registered_address,business_scope,legal_person_name\n{OTHER},{}\n",
                row(&|field| usize::from(field == wrong))
            );
            let done = send(&world, &token, "", file).await.done(201);
            assert_eq!((counts(&done), &done["errors"][0]["field"], &done["errors"][0]["code"]), ([1, 0, 0, 0, 1], &json!(wrong), &json!("text.length")));
        }
    }

    async fn an_import_goes_on_as_it_began(world: World) {
        let (_, token) = on_duty(&world).await;
        for (began, other) in [("", "true"), ("&dry_run=false", "true"), ("&dry_run=true", "false")] {
            let first = send(&world, &token, &format!("?last=false{began}"), "uscc,name\n").await.done(201);
            let import = format!("?import_id={}", first["id"].as_str().unwrap());
            let row = format!("{ONE},一\n");
            let differs = send(&world, &token, &format!("{import}&dry_run={other}"), row.clone()).await;
            differs.refused(&catalogue::REGISTRY_DRY_RUN_DIFFERS);
            assert!(names(&world).await.is_empty());
            let done = send(&world, &token, &import, row).await.done(201);
            assert_eq!((&done["dry_run"], counts(&done)), (&json!(other == "false"), [1, 1, 0, 0, 0]));
            assert_eq!(names(&world).await.is_empty(), other == "false", "it does what it began with");
            world.rows(&sql!("DELETE FROM registry"), &[]).await;
        }
    }

    async fn a_large_file_comes_in_parts(world: World) {
        let (_, token) = on_duty(&world).await;
        let mut file = "uscc,name\n".to_owned();
        for n in 0..5000 {
            file.push_str(&format!("{},\"第{n}家\n公司\"\n", uscc(n)));
        }
        file.push_str("bad,row\n");
        let bytes = encoding_rs::GB18030.encode(&file).0.into_owned();
        let (mut id, mut rest) = (None::<String>, bytes.as_slice());
        while !rest.is_empty() {
            let end = if rest.len() > 60_000 { row_end(&rest[..60_000]).unwrap() } else { rest.len() };
            let (part, later) = rest.split_at(end);
            let query = format!("?last={}{}", later.is_empty(), id.as_ref().map(|id| format!("&import_id={id}")).unwrap_or_default());
            let seen = send(&world, &token, &query, part).await.done(201);
            assert_eq!(seen["state"], if later.is_empty() { "done" } else { "running" });
            (id, rest) = (Some(seen["id"].as_str().unwrap().to_owned()), later);
        }
        let id = id.unwrap();
        let done = get(&world, &token, &format!("/v1/platform/registry/imports/{id}")).await.done(200);
        assert_eq!(counts(&done), [5001, 5000, 0, 0, 1]);
        assert_eq!(done["errors"][0]["line"], 10_002, "each row has two lines, and there is the header");
        send(&world, &token, &format!("?import_id={id}"), "x,y\n").await.refused(&catalogue::REGISTRY_IMPORT_FINISHED);
    }

    async fn a_uscc_that_comes_twice_ends_as_its_last_row_says(world: World) {
        let (_, token) = on_duty(&world).await;
        let file = format!("uscc,name\n{ONE},一\n{OTHER},二\n{ONE},三\n{ONE},三\n");
        assert_eq!(counts(&send(&world, &token, "", file).await.done(201)), [4, 2, 1, 1, 0]);
        assert_eq!(names(&world).await[0].1, "三");
    }

    async fn what_is_no_such_file_is_refused_and_leaves_nothing(world: World) {
        let (_, token) = on_duty(&world).await;
        for file in ["", "\n", "uscc\n", "a,b\n", "uscc,name,name\n"] {
            send(&world, &token, "", file).await.refused(&catalogue::REGISTRY_HEADER);
        }
        for content_type in ["application/json", "text/plain", "text/csvx"] {
            let call = Call::post(IMPORT).bearer(&token).raw("uscc,name\n").header("content-type", content_type);
            world.send::<Platform>(call).await.refused(&catalogue::REQUEST_CSV_REQUIRED);
        }
        let call = Call::post(IMPORT).bearer(&token).raw("x").header("content-type", "text/csv").header("content-encoding", "gzip");
        let answer = world.send::<Platform>(call).await;
        answer.refused(&catalogue::REQUEST_UNSUPPORTED_ENCODING);
        assert_eq!(answer.header("accept-encoding"), Some("identity"));
        let call = Call::post(IMPORT).bearer(&token).too_large().header("content-type", "text/csv");
        world.send::<Platform>(call).await.refused(&catalogue::REQUEST_TOO_LARGE);
        let nobody = "?import_id=019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11";
        send(&world, &token, nobody, "x,y\n").await.refused(&catalogue::RESOURCE_NOT_FOUND);
        get(&world, &token, &format!("/v1/platform/registry/imports/{}", uuid::Uuid::nil())).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        assert!(items(&get(&world, &token, "/v1/platform/registry/imports").await.done(200)).is_empty());
    }

    async fn a_key_is_for_one_file_and_one_way_to_take_it(world: World) {
        let (_, token) = on_duty(&world).await;
        let keyed = |query: &str| {
            let call = Call::post(&format!("{IMPORT}{query}")).bearer(&token).raw(format!("uscc,name\n{ONE},一\n"));
            call.header("content-type", "text/csv").key("k-1")
        };
        let first = world.send::<Platform>(keyed("?dry_run=true")).await.done(201);
        assert_eq!(world.send::<Platform>(keyed("?dry_run=true")).await.done(201), first);
        world.send::<Platform>(keyed("")).await.refused(&catalogue::IDEMPOTENCY_KEY_REUSED);
    }

    async fn two_imports_of_the_same_rows_at_once_end_well(world: World) {
        let (_, token) = on_duty(&world).await;
        let mut rows: Vec<String> = (0..3000).map(|n| format!("{},第{n}家\n", uscc(n))).collect();
        let one = format!("uscc,name\n{}", rows.concat());
        rows.reverse();
        let other = format!("uscc,name\n{}", rows.concat());
        let (one, other) = tokio::join!(send(&world, &token, "", one), send(&world, &token, "", other));
        one.done(201);
        other.done(201);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM registry"), &[]).await, 3000);
    }
}

mod many {
    //! `EPORT_ROWS=1000000 cargo test -p eport-platform --test rules -- --ignored --nocapture registry::many`
    use std::time::{Duration, Instant};

    use eport_shared::on_each_database;
    use eport_shared::testing::World;

    use super::{send, uscc};
    use crate::on_duty;

    on_each_database! {
        #[ignore = "imports a million rows, or as many as EPORT_ROWS says"]
        async fn a_million_rows_come_in_in_minutes(world: World) {
            let (_, token) = on_duty(&world).await;
            let rows: usize = std::env::var("EPORT_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
            for again in [false, true] {
                let (mut took, mut id, mut next) = (Duration::ZERO, String::new(), 0);
                while next < rows {
                    let mut part = if next == 0 { "uscc,name,registered_address,business_scope,legal_person_name\n".to_owned() } else { String::new() };
                    while next < rows && part.len() < 2_000_000 {
                        part.push_str(&format!(
                            "{},第{next}家示例进出口贸易有限公司,浙江省杭州市上城区示例路{next}号,货物进出口；技术进出口；信息咨询服务；国内货物运输代理,张三\n",
                            uscc(next)
                        ));
                        next += 1;
                    }
                    let query = format!("?last={}{id}", next == rows);
                    let began = Instant::now();
                    let seen = send(&world, &token, &query, part).await.done(201);
                    took += began.elapsed();
                    id = format!("&import_id={}", seen["id"].as_str().unwrap());
                }
                let what = if again { "again, unchanged" } else { "new" };
                println!("{rows} rows, {what}: {took:?}, {:.0} rows/s", rows as f64 / took.as_secs_f64());
                assert!(took < Duration::from_secs(600));
            }
        }
    }
}
