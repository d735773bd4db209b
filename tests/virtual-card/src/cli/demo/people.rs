//! Who is in the demonstration. Their phones reach nobody: no SMS leaves a service under development.

/// What all of them log in with. It stands here for everyone to read, which is why only a service under development has these people.
pub const PASSWORD: &str = "demo-2026-port";

/// Somebody of the demonstration.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub username: &'static str,
    pub name: &'static str,
    /// Of a resident id card; empty of the staff, who have none on record.
    pub id_number: &'static str,
    pub phone: &'static str,
}

/// All of them.
#[derive(Debug, Clone, Copy)]
pub struct People {
    pub staff: Person,
    /// Holder of the card `legal-person`, and so the administrator.
    pub administrator: Person,
    /// Holder of the card `operator`.
    pub card_operator: Person,
    pub operator: Person,
    /// Asked to join, and waits.
    pub waiting: Person,
    /// Claims an enterprise that staff haven't looked at yet.
    pub claimant: Person,
}

impl People {
    pub const ALL: Self = Self {
        staff: Person { username: "staff", name: "钱审核", id_number: "", phone: "" },
        administrator: Person {
            username: "zhangsan",
            name: "张三",
            id_number: "11010519491231002X",
            phone: "13800000001",
        },
        card_operator: Person {
            username: "lisi", name: "李四", id_number: "440524188001010014", phone: "13800000002"
        },
        operator: Person { username: "wangwu", name: "王五", id_number: "330102190303030018", phone: "13800000003" },
        waiting: Person { username: "zhaoliu", name: "赵六", id_number: "330102190404040020", phone: "13800000004" },
        claimant: Person { username: "sunqi", name: "孙七", id_number: "330102190505050033", phone: "13800000005" },
    };
}

/// Who can be tried, and how. The widths are of letters alone: what is in Chinese comes last.
pub fn print_table() {
    let all = People::ALL;
    println!("USERNAME  PASSWORD        CARD          WHO");
    for (username, card, who) in [
        (all.administrator.username, "legal-person", "张三  legal person and administrator of 杭州示例进出口有限公司"),
        (all.card_operator.username, "operator", "李四  operator there, with a card"),
        (all.operator.username, "-", "王五  operator there, without a card"),
        (all.waiting.username, "-", "赵六  has asked to become an operator there; 张三 decides"),
        (all.claimant.username, "-", "孙七  administrator of 宁波示例货运代理有限公司, which staff have yet to verify"),
        (all.staff.username, "-", "钱审核 platform staff"),
        ("-", "new", "周八  nobody knows this card yet: log in with it, then activate the account"),
    ] {
        let password = if username == "-" { "-" } else { PASSWORD };
        println!("{username:<10}{password:<16}{card:<14}{who}");
    }
    println!("The PIN of every card is 123456.");
}
