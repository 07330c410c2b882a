//! A statement put together of text and values.

use sqlx::{Any, Arguments as _, Encode, Type, any::AnyArguments, query::Query};

/// As `sqlx::QueryBuilder`, with places that both databases understand: that one writes `?` for [`Any`], which PostgreSQL
/// does not.
pub(super) struct Statement {
    text: String,
    values: AnyArguments,
}

impl Statement {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: AnyArguments::default() }
    }

    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(super) fn push_bind<'v>(&mut self, value: impl Encode<'v, Any> + Type<Any>) -> &mut Self {
        // A value that could not be written is missed by the database, which refuses the statement.
        let _ = self.values.add(value);
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Values with commas between them, for `IN (…)`. Of none there is NULL, which nothing is equal to: PostgreSQL has no
    /// empty brackets.
    pub(super) fn push_list<'v, T: Encode<'v, Any> + Type<Any>>(
        &mut self,
        values: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        let mut values = values.into_iter();
        match values.next() {
            Some(first) => self.push_bind(first),
            None => self.push("NULL"),
        };
        for value in values {
            self.push(", ").push_bind(value);
        }
        self
    }

    /// Rows, each in brackets, with commas between them; each value is to be pushed by [`Row::push_bind`].
    pub(super) fn push_rows<T>(&mut self, rows: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Row<'_>, T)) {
        self.push("VALUES ");
        for (n, row) in rows.into_iter().enumerate() {
            self.push(if n == 0 { "(" } else { ", (" });
            write(&mut Row { statement: self, is_first: true }, row);
            self.push(")");
        }
    }

    pub(super) fn build(self) -> Query<'static, Any, AnyArguments> {
        // The text is ours alone; what is not goes as a value.
        sqlx::query_with(sqlx::AssertSqlSafe(self.text), self.values)
    }
}

/// A row that is being written.
pub(super) struct Row<'s> {
    statement: &'s mut Statement,
    is_first: bool,
}

impl Row<'_> {
    pub(super) fn push_bind<'v>(&mut self, value: impl Encode<'v, Any> + Type<Any>) -> &mut Self {
        if !std::mem::take(&mut self.is_first) {
            self.statement.push(", ");
        }
        self.statement.push_bind(value);
        self
    }
}
