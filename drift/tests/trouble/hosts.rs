//! Hosts of issues and webhooks, behind one address: a server that checks each request as the hosts' documentation has it,
//! keeps what it is told, and answers otherwise when a case wants that.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value as Json, json};

/// Token of both hosts, and a part of the addresses of webhooks.
pub(crate) const TOKEN: &str = "canary-token-1f9b";
const GITHUB: &str = "/api/v3/repos/octo/infra/issues";
const GITLAB: &str = "/api/v4/projects/platform%2Finfra/issues";

/// An answer instead of the usual one.
#[derive(Clone, Debug)]
pub(crate) enum Instead {
    /// This answer, and nothing is done.
    Answer(u16, &'static [(&'static str, &'static str)], &'static str),
    /// What is asked is done, and the connection is closed without an answer.
    Silence,
    /// The usual answer.
    Usual,
}

#[derive(Default)]
struct State {
    issues: Vec<Json>,
    log: Vec<String>,
    wrong: Vec<String>,
    posts: Vec<Json>,
    instead: VecDeque<Instead>,
    /// Issues of a page; as many as are asked for unless it is set.
    page: Option<usize>,
    drops_labels: bool,
}

/// The hosts, as long as the test process lives.
#[derive(Clone)]
pub(crate) struct Hosts {
    state: Arc<Mutex<State>>,
    pub(crate) address: String,
}

struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Json,
}

type Answer = (u16, Vec<(String, String)>, String);

impl Hosts {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let hosts = Self {
            state: Arc::default(),
            address,
        };
        let own = hosts.clone();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let own = own.clone();
                thread::spawn(move || own.serve(connection));
            }
        });
        hosts
    }

    /// Answers the next requests otherwise.
    pub(crate) fn instead(&self, answers: &[Instead]) {
        self.state.lock().unwrap().instead.extend(answers.iter().cloned());
    }

    /// Gives pages of this size.
    pub(crate) fn page(&self, size: usize) {
        self.state.lock().unwrap().page = Some(size);
    }

    /// Opens issues without labels, as GitHub does for those who may set none.
    pub(crate) fn drop_labels(&self) {
        self.state.lock().unwrap().drops_labels = true;
    }

    /// An issue that somebody else has opened.
    pub(crate) fn add(&self, issue: Json) {
        self.state.lock().unwrap().issues.push(issue);
    }

    pub(crate) fn issues(&self) -> Vec<Json> {
        self.state.lock().unwrap().issues.clone()
    }

    pub(crate) fn posts(&self) -> Vec<Json> {
        self.state.lock().unwrap().posts.clone()
    }

    /// The requests since the last call, without the texts of issues; none may have been wrong.
    pub(crate) fn log(&self) -> String {
        let mut state = self.state.lock().unwrap();
        assert!(state.wrong.is_empty(), "{:#?}", state.wrong);
        let log = std::mem::take(&mut state.log);
        log.iter().flat_map(|line| [line, "\n"]).collect()
    }

    fn serve(&self, connection: TcpStream) -> Option<()> {
        let mut stream = connection.try_clone().ok()?;
        let mut reader = BufReader::new(connection);
        loop {
            let request = read(&mut reader)?;
            let (status, headers, body) = self.answer(&request)?;
            let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                head.extend([&name, ": ", &value, "\r\n"]);
            }
            stream.write_all(format!("{head}\r\n{body}").as_bytes()).ok()?;
        }
    }

    fn answer(&self, request: &Request) -> Option<Answer> {
        let mut state = self.state.lock().unwrap();
        let line = request.line();
        state.log.push(line);
        match state.instead.pop_front() {
            Some(Instead::Answer(status, headers, body)) => {
                let headers = headers
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
                return Some((status, headers.collect(), body.to_owned()));
            }
            Some(Instead::Silence) => {
                let _unsent = state.usual(request);
                return None;
            }
            Some(Instead::Usual) | None => {}
        }
        Some(state.usual(request))
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    })
}

impl Request {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    fn line(&self) -> String {
        let mut body = self.body.clone();
        for name in ["body", "description", "text"] {
            if let Some(text) = body.get_mut(name) {
                *text = "TEXT".into();
            }
        }
        if body.get("schema_version").is_some() {
            body = "REPORT".into();
        }
        let body = if body.is_null() {
            String::new()
        } else {
            format!(" {body}")
        };
        let mark = if self.query.is_empty() { "" } else { "?" };
        let path = self.path.replace(TOKEN, "TOKEN");
        format!("{} {path}{mark}{}{body}", self.method, self.query)
    }

    /// What is wrong with it by the documentation of the host.
    fn wrong(&self) -> Option<String> {
        let is_github = self.path.starts_with(GITHUB);
        let is_gitlab = self.path.starts_with(GITLAB);
        let expected: &[(&str, String)] = if is_github {
            &[
                ("authorization", format!("Bearer {TOKEN}")),
                ("accept", "application/vnd.github+json".to_owned()),
                ("x-github-api-version", "2022-11-28".to_owned()),
            ]
        } else if is_gitlab {
            &[("private-token", TOKEN.to_owned())]
        } else {
            &[("content-type", "application/json".to_owned())]
        };
        let missing = expected.iter().find(|(name, value)| self.header(name) != value);
        if let Some((name, _)) = missing {
            return Some(format!("{}: {name} is `{}`", self.line(), self.header(name)));
        }
        if !self.header("user-agent").starts_with("ecs-drift/") {
            return Some(format!("{}: who is that?", self.line()));
        }
        let longest = if is_github { 65_536 } else { 1_048_576 };
        let text = self.body["body"].as_str().or_else(|| self.body["description"].as_str());
        let is_long = text.is_some_and(|text| text.chars().count() > longest);
        (is_long || (self.method != "GET" && self.body.is_null())).then(|| format!("{}: body", self.line()))
    }
}

impl State {
    fn usual(&mut self, request: &Request) -> Answer {
        if let Some(wrong) = request.wrong() {
            self.wrong.push(wrong);
        }
        let ok = |status: u16, body: &Json| (status, Vec::new(), body.to_string());
        let Some((rest, is_github)) = None
            .or_else(|| Some((request.path.strip_prefix(GITHUB)?, true)))
            .or_else(|| Some((request.path.strip_prefix(GITLAB)?, false)))
        else {
            self.posts.push(request.body.clone());
            return (200, Vec::new(), "ok".to_owned());
        };
        match (request.method.as_str(), rest.strip_prefix('/')) {
            ("GET", None) => self.list(request, is_github),
            ("POST", None) => ok(201, &self.open(&request.body, is_github)),
            ("PATCH", Some(number)) if is_github => ok(200, &self.edit(number, &request.body)),
            ("PUT", Some(number)) if !is_github => ok(200, &self.edit(number, &request.body)),
            _ => {
                self.wrong.push(request.line());
                ok(404, &json!({"message": "Not Found"}))
            }
        }
    }

    /// Those with all labels, the newest first.
    fn list(&self, request: &Request, is_github: bool) -> Answer {
        let parameter = |name: &str| {
            let mut all = request.query.split('&').filter_map(|one| one.split_once('='));
            all.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let label = parameter("labels").unwrap_or_default();
        let has = |issue: &&Json| {
            let mut labels = issue["labels"].as_array().unwrap().iter();
            labels.any(|own| own.as_str().or(own["name"].as_str()) == Some(label))
        };
        let found: Vec<Json> = self.issues.iter().rev().filter(has).cloned().collect();
        assert_eq!(parameter("state"), Some("all"));
        let size = self
            .page
            .unwrap_or_else(|| parameter("per_page").unwrap().parse().unwrap());
        let page: usize = parameter("page").map_or(1, |page| page.parse().unwrap());
        let path = if is_github { GITHUB } else { GITLAB };
        let next = format!(
            "<http://elsewhere.invalid{path}?labels={label}&state=all&per_page=100&page={}>; rel=\"next\"",
            page + 1
        );
        let headers = (page * size < found.len()).then(|| ("link".to_owned(), next));
        let shown: Vec<Json> = found.into_iter().skip((page - 1) * size).take(size).collect();
        (200, headers.into_iter().collect(), Json::from(shown).to_string())
    }

    fn open(&mut self, asked: &Json, is_github: bool) -> Json {
        let number = self.issues.len() + 1;
        let text = |name: &str| asked[name].as_str().unwrap().to_owned();
        let issue = if is_github {
            let labels = asked["labels"].as_array().unwrap().iter();
            let labels: Vec<Json> = labels.map(|label| json!({"name": label})).collect();
            let labels = if self.drops_labels { Vec::new() } else { labels };
            json!({"number": number, "title": text("title"), "body": text("body"), "state": "open", "labels": labels,
                "html_url": format!("https://github.example.com/octo/infra/issues/{number}")})
        } else {
            let labels: Vec<String> = text("labels").split(',').map(str::to_owned).collect();
            json!({"iid": number, "title": text("title"), "description": text("description"), "state": "opened",
                "labels": labels, "web_url": format!("https://gitlab.example.com/platform/infra/-/issues/{number}")})
        };
        self.issues.push(issue.clone());
        issue
    }

    fn edit(&mut self, number: &str, asked: &Json) -> Json {
        let number: usize = number.parse().unwrap();
        let issue = &mut self.issues[number - 1];
        for (name, value) in asked.as_object().unwrap() {
            match (name.as_str(), value.as_str().unwrap()) {
                ("state_event", "close") => issue["state"] = "closed".into(),
                ("state_event", "reopen") => issue["state"] = "opened".into(),
                ("body" | "description" | "state" | "state_reason", value) => issue[name] = value.into(),
                other => panic!("{other:?}"),
            }
        }
        issue.clone()
    }
}
