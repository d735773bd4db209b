//! J14: a real nginx asks before it lets a request through, with the configuration of `docs/integration.md`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use eport_tests::{On, Site};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

/// The configuration as the page has it.
fn configuration() -> String {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/integration.md")).expect("the page");
    let rest = page.split("<!-- nginx -->\n```nginx\n").nth(1).expect("the page has the configuration");
    rest.split("```").next().expect("its end").to_owned()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// nginx, which stops when this goes.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        let _ = self.0.wait();
    }
}

/// An application that answers one request at a time with the head that reached it.
fn application(listener: TcpListener) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                head.push(byte[0]);
            }
            let answer = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", head.len());
            let _ = stream.write_all(&[answer.as_bytes(), &head].concat());
        }
    });
}

fn ask(port: u16, method: &str, headers: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("nginx");
    let request = format!("{method} /list HTTP/1.0\r\nHost: declare.example.cn\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, answer.to_lowercase())
}

#[test]
fn nginx_lets_through_who_may_and_tells_the_application_who_it_is() {
    if Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("CI").is_none(), "nginx is not installed; script/setup --test does it");
        eprintln!("nginx is not installed: not tested");
        return;
    }
    let site = Site::new(On::Sqlite);
    let member = site.join();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port for the application");
    let (port, behind) = (free_port(), listener.local_addr().expect("its address").port());
    application(listener);
    let own = site.base().trim_start_matches("http://").to_owned();
    let folder = site.folder();
    let settings = configuration()
        .replace("127.0.0.1:3000", &own)
        .replace("127.0.0.1:8080", &format!("127.0.0.1:{behind}"))
        .replace("127.0.0.1:8000", &format!("127.0.0.1:{port}"));
    let paths =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path nginx-{name};"));
    let settings = settings.replace("http {", &format!("http {{ access_log off; {}", paths.concat()));
    std::fs::write(folder.join("nginx.conf"), settings).expect("a file");
    let nginx = Command::new("nginx")
        .arg("-p")
        .arg(folder)
        .args(["-c", "nginx.conf", "-e", "nginx-error.log", "-g", "daemon off; master_process off; pid nginx.pid;"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nginx starts");
    let _nginx = Nginx(nginx);
    let give_up = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < give_up, "nginx does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }

    assert_eq!(ask(port, "GET", "").0, 401);
    let token = format!("Authorization: Bearer {}\r\n", member.token);
    assert_eq!(ask(port, "GET", &token).0, 403, "without an enterprise");
    give_everything(&site, &member.account.to_string());
    for method in ["GET", "DELETE"] {
        let (status, head) = ask(port, method, &format!("{token}X-Eport-Role: staff\r\nX-Eport-Enterprise-Id: 1\r\n"));
        assert_eq!(status, 200, "{head}");
        assert!(
            head.contains(&format!("x-eport-account: {}", member.account)) && head.contains("x-eport-role: admin"),
            "{head}"
        );
        assert!(!head.contains("staff") && !head.contains("x-eport-enterprise-id"), "what the client made up: {head}");
    }
    site.delete("/v1/sessions/current").token(&member.token).send().done();
    assert_eq!(ask(port, "GET", &token).0, 401, "the session has ended");
}

/// Makes the person the administrator of a verified enterprise that is entitled to view declarations, without the journeys that lead there.
fn give_everything(site: &Site, account: &str) {
    let database = rusqlite::Connection::open(database(site)).expect("the database");
    let id = uuid::Uuid::max().to_string();
    let enterprise =
        "INSERT INTO enterprises (id, organisation_code, name, state, entitlements, created_at, updated_at)
                      VALUES (?1, 'CODE', '示例公司', 'verified', 'goods_declaration:view', 0, 0)";
    database.execute(enterprise, [&id]).expect("an enterprise");
    let member = "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
                  VALUES (?1, ?2, 'admin', 'active', 'association', 0, 0)";
    database.execute(member, [account, &id]).expect("a place in it");
    assert_eq!(json!(database.changes()), 1);
}

fn database(site: &Site) -> std::path::PathBuf {
    site.state_dir().join("sqlite_db.db")
}
