//! The service can't serve now, or serves too much.

use super::refusals;

refusals! { SERVICE:
    RATE_LIMITED = "rate.limited", 429, Later {
        title: "请求过于频繁", "Too many requests";
        detail: "短时间内的请求次数超过了限制。", "There were more requests in a short time than allowed.";
        fix: "请等所示的秒数过后重试。", "Try again after the seconds shown.";
    }
    SERVICE_DATABASE_UNAVAILABLE = "service.database_unavailable", 503, Later {
        title: "服务暂时不可用", "The service is unavailable for now";
        detail: "数据库暂时无法访问，您的操作没有生效。", "The database can't be reached at the moment; nothing was changed.";
        fix: "请稍后重试；如持续出现，请联系平台客服。", "Try again in a while; if it goes on, contact the platform's support.";
    }
    SERVICE_OVERLOADED = "service.overloaded", 503, Later {
        title: "服务繁忙", "The service is busy";
        detail: "等待处理的请求过多，您的请求没有被处理。", "Too many requests are waiting; yours was not started.";
        fix: "请等所示的秒数过后重试。", "Try again after the seconds shown.";
    }
    SERVICE_TIMEOUT = "service.timeout", 504, Later {
        title: "处理超时", "The request took too long";
        detail: "请求没有在规定时间内处理完，操作可能已经生效。", "The request was not answered in time; it may have taken effect.";
        fix: "请先查看是否已经完成；没有完成的，请重试，接口请用相同的 Idempotency-Key。", "Look first whether it was done; if not, try again, a program with the same Idempotency-Key.";
    }
    SERVICE_INTERNAL = "service.internal", 500, Later {
        title: "服务内部错误", "Something went wrong inside the service";
        detail: "服务遇到了意外问题，已经记录。", "The service met an unexpected problem, which has been recorded.";
        fix: "请稍后重试；如持续出现，请把出错时间告诉平台客服。", "Try again in a while; if it goes on, tell the platform's support when it happened.";
    }
}
