//! What is called.

/// Calls that are made one after the other, again and again, on each connection.
pub(crate) struct Calls {
    pub(crate) method: &'static str,
    pub(crate) calls: Vec<Call>,
}

/// Where a call goes, and what it brings.
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Calls {
    /// The script that `wrk` makes them by: it has each ready before it begins.
    pub(crate) fn script(&self) -> String {
        let calls: String = self.calls.iter().map(|call| call.line(self.method)).collect();
        format!(
            "local calls, at = {{}}, 0\n\
             local function call(method, path, body, more)\n\
             \x20 for name, value in pairs(wrk.headers) do more[name] = value end\n\
             \x20 calls[#calls + 1] = wrk.format(method, path, more, body)\n\
             end\n\
             function init()\n{calls}end\n\
             function request()\n  at = at % #calls + 1\n  return calls[at]\nend\n"
        )
    }
}

impl Call {
    fn line(&self, method: &str) -> String {
        let Self { path, headers, body } = self;
        let header = |(name, value): &(&str, String)| format!("[\"{name}\"] = \"{value}\"");
        let headers = headers.iter().map(header).collect::<Vec<_>>().join(", ");
        let body = if body.is_empty() { "nil".to_owned() } else { format!("[==[{body}]==]") };
        format!("  call(\"{method}\", \"{path}\", {body}, {{ {headers} }})\n")
    }
}
