//! Requests that can't be read, or go nowhere.

use super::refusals;

refusals! { REQUEST:
    REQUEST_MALFORMED_JSON = "request.malformed_json", 400, AfterFix {
        title: "请求不是有效的 JSON", "The request is not valid JSON";
        detail: "请求正文无法按 JSON 读取。", "The request body can't be read as JSON.";
        fix: "请检查括号、引号和逗号，并以 UTF-8 编码发送一个 JSON 对象。", "Check brackets, quotes and commas, and send one JSON object in UTF-8.";
    }
    REQUEST_INVALID_UTF8 = "request.invalid_utf8", 400, AfterFix {
        title: "请求不是 UTF-8 编码", "The request is not UTF-8";
        detail: "请求中含有不是 UTF-8 的字节。", "The request contains bytes that are not UTF-8.";
        fix: "请以 UTF-8 编码重新发送，不要使用 GBK 或 GB 18030。", "Encode it in UTF-8, not in GBK or GB 18030, and send it again.";
    }
    REQUEST_WRONG_TYPE = "request.wrong_type", 400, AfterFix {
        title: "字段类型不对", "A field has the wrong type";
        detail: "某个字段的 JSON 类型与接口要求的不同。", "The JSON type of a field is not the one that this interface takes.";
        fix: "请按接口文档更正 errors 中所列字段的类型，例如用字符串代替数字。", "Give the fields listed in errors the documented type, for example a string in place of a number.";
    }
    REQUEST_UNKNOWN_FIELD = "request.unknown_field", 400, AfterFix {
        title: "有不认识的字段", "There is an unknown field";
        detail: "请求中有本接口不接受的字段。", "The request has a field that this interface doesn't take.";
        fix: "请检查拼写，或去掉 errors 中所列的字段。", "Check the spelling, or leave out the fields listed in errors.";
    }
    REQUEST_MISSING_FIELD = "request.missing_field", 400, AfterFix {
        title: "缺少字段", "A field is missing";
        detail: "请求中缺少必填的字段。", "The request lacks a field that it must have.";
        fix: "请补上 errors 中所列的字段。", "Add the fields listed in errors.";
    }
    REQUEST_DUPLICATE_FIELD = "request.duplicate_field", 400, AfterFix {
        title: "字段重复", "A field is given twice";
        detail: "请求中同一字段出现了不止一次，无法确定以哪个为准。", "A field stands in the request more than once, so it isn't clear which one is meant.";
        fix: "请让 errors 中所列的字段只出现一次。", "Send each field listed in errors once.";
    }
    REQUEST_INVALID_QUERY = "request.invalid_query", 400, AfterFix {
        title: "查询参数不对", "A query parameter is wrong";
        detail: "网址中的查询参数不认识、重复，或取值不在允许范围内。", "A query parameter in the address is unknown, given twice, or has a value that is not allowed.";
        fix: "请按接口文档更正 errors 中所列的查询参数。", "Correct the query parameters listed in errors as documented.";
    }
    REQUEST_INVALID = "request.invalid", 422, AfterFix {
        title: "有几个字段填写有误", "Several fields are wrong";
        detail: "请求中有不止一个字段不符合要求。", "More than one field of the request is not as it must be.";
        fix: "请逐一更正标出的各项。", "Correct each of them.";
    }
    REQUEST_UNSUPPORTED_MEDIA_TYPE = "request.unsupported_media_type", 415, AfterFix {
        title: "不支持这种内容类型", "This media type is not supported";
        detail: "请求正文的 Content-Type 不是 application/json。", "The Content-Type of the request body is not application/json.";
        fix: "请将 Content-Type 设为 application/json。", "Set Content-Type to application/json.";
    }
    REQUEST_UNSUPPORTED_ENCODING = "request.unsupported_encoding", 415, AfterFix {
        title: "不支持压缩的请求正文", "A compressed body is not supported";
        detail: "请求带有 Content-Encoding，本服务只接受未经压缩的正文。", "The request has a Content-Encoding; this service takes bodies as they are only.";
        fix: "请去掉 Content-Encoding，并发送未经压缩的正文。", "Leave out Content-Encoding and send the body uncompressed.";
    }
    REQUEST_CSV_REQUIRED = "request.csv_required", 415, AfterFix {
        title: "需要 CSV 文件", "A CSV file is needed";
        detail: "请求正文的 Content-Type 不是 text/csv。", "The Content-Type of the request body is not text/csv.";
        fix: "请将 Content-Type 设为 text/csv，正文为文件内容本身。", "Set Content-Type to text/csv and send the file itself as the body.";
    }
    REQUEST_TOO_LARGE = "request.too_large", 413, AfterFix {
        title: "请求过大", "The request is too large";
        detail: "请求正文超过了允许的大小。", "The request body is larger than allowed.";
        fix: "请减少内容后重试。", "Send less.";
    }
    REQUEST_HEADERS_TOO_LARGE = "request.headers_too_large", 431, AfterFix {
        title: "请求头过大", "The request headers are too large";
        detail: "请求头的总大小超过了允许的范围。", "The headers of the request are larger than allowed.";
        fix: "请去掉不必要的请求头和 Cookie 后重试。", "Leave out headers and cookies that are not needed.";
    }
    REQUEST_MALFORMED = "request.malformed", 400, AfterFix {
        title: "请求格式不对", "The request is malformed";
        detail: "请求缺少 Host，请求头中有无法识别的内容，或者请求正文没有传完。", "The request lacks a usable Host, has a header that is not text in UTF-8, or broke off within its body.";
        fix: "请检查客户端或代理的设置。", "Check the client or the proxy before it.";
    }
    REQUEST_URL_TOO_LONG = "request.url_too_long", 414, AfterFix {
        title: "请求地址过长", "The address is too long";
        detail: "路径和查询参数的总长度超过了允许的范围。", "Path and query together are longer than allowed.";
        fix: "请缩短查询参数后重试。", "Shorten the query.";
    }
    REQUEST_TIMEOUT = "request.timeout", 408, Later {
        title: "请求发送过慢", "The request came too slowly";
        detail: "请求正文没有在规定时间内到达，您的操作没有生效。", "The body did not arrive in time; nothing was changed.";
        fix: "请检查网络后重试。", "Check the network and try again.";
    }
    REQUEST_PRECONDITION_FAILED = "request.precondition_failed", 412, AfterFix {
        title: "内容已被他人修改", "Someone else has changed it";
        detail: "在您读取之后，这项内容已经变化，If-Match 与当前版本不符。", "It has changed since you read it; If-Match is not its current version.";
        fix: "请刷新，核对变化后再次提交。", "Load it again, look at what changed, and send your change again.";
    }
    REQUEST_PRECONDITION_REQUIRED = "request.precondition_required", 428, AfterFix {
        title: "请求缺少 If-Match", "If-Match is missing";
        detail: "修改这项内容时必须带上 If-Match，以免覆盖他人的修改。", "A change here must carry If-Match, so that nobody's change is overwritten.";
        fix: "请先读取，把得到的 ETag 放入 If-Match 后重试。", "Read it first, and send its ETag as If-Match.";
    }
    IDEMPOTENCY_KEY_REUSED = "idempotency.key_reused", 409, AfterFix {
        title: "幂等键已用于另一个请求", "The idempotency key belongs to another request";
        detail: "相同的 Idempotency-Key 曾用于内容不同的请求。", "The same Idempotency-Key was used before with a different request.";
        fix: "新的请求请使用新的 Idempotency-Key；重试时请保持内容不变。", "Use a new Idempotency-Key for a new request; when retrying, keep the body as it was.";
    }
    IDEMPOTENCY_IN_PROGRESS = "idempotency.in_progress", 409, Later {
        title: "相同的请求正在处理", "The same request is in progress";
        detail: "带有相同 Idempotency-Key 的请求还没有处理完。", "A request with the same Idempotency-Key has not been answered yet.";
        fix: "请稍候片刻，再用相同的 Idempotency-Key 重试。", "Wait a moment and try again with the same Idempotency-Key.";
    }
    IDEMPOTENCY_KEY_FORMAT = "idempotency.key_format", 400, AfterFix {
        title: "幂等键格式不对", "The idempotency key is malformed";
        detail: "Idempotency-Key 必须是 1 到 255 个可见的 ASCII 字符。", "Idempotency-Key must be 1 to 255 visible ASCII characters.";
        fix: "请使用例如 UUID 这样的值。", "Use a value such as a UUID.";
    }
    ROUTE_NOT_FOUND = "route.not_found", 404, Never {
        title: "没有这个地址", "There is nothing at this address";
        detail: "本服务没有这个路径。", "This service has no such path.";
        fix: "请对照 /openapi.json 检查路径。", "Check the path against /openapi.json.";
    }
    ROUTE_METHOD_NOT_ALLOWED = "route.method_not_allowed", 405, AfterFix {
        title: "不支持这种方法", "This method is not allowed here";
        detail: "这个路径不接受该请求方法。", "This path doesn't take the method of the request.";
        fix: "请使用响应头 Allow 中列出的方法。", "Use a method listed in the Allow header.";
    }
    RESOURCE_NOT_FOUND = "resource.not_found", 404, Never {
        title: "没有找到", "Not found";
        detail: "所指的内容不存在，或者您无权看到它。", "What the request points at doesn't exist, or is not for you to see.";
        fix: "请刷新列表后重新选择。", "Reload the list and choose again.";
    }
}
