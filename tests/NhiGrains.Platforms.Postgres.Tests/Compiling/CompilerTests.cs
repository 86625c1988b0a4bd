using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Tests.Compiling;

public class CompilerTests
{
    private const string Platform = "pg:test";
    private static readonly Capabilities Capabilities = new(false, TimeSpan.FromSeconds(60), false, true, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

    [Theory]
    [InlineData("database", "", "shop", "LIST", "CONNECT on database shop")]
    [InlineData("schema", "shop", "public", "LIST", "CONNECT on database shop, USAGE on schema shop/public")]
    [InlineData("table", "shop/public", "orders", "READ", "CONNECT on database shop, SELECT on table shop/public/orders, USAGE on schema shop/public")]
    [InlineData("table", "shop/public", "orders", "WRITE", "CONNECT on database shop, INSERT on table shop/public/orders, UPDATE on table shop/public/orders, USAGE on schema shop/public")]
    [InlineData("table", "shop/public", "orders", "DELETE", "CONNECT on database shop, DELETE on table shop/public/orders, USAGE on schema shop/public")]
    [InlineData("sequence", "shop/public", "ids", "READ", "CONNECT on database shop, SELECT on sequence shop/public/ids, USAGE on schema shop/public")]
    [InlineData("sequence", "shop/public", "ids", "WRITE", "CONNECT on database shop, UPDATE on sequence shop/public/ids, USAGE on schema shop/public, USAGE on sequence shop/public/ids")]
    [InlineData("sequence", "shop/public", "ids", "INVOKE", "CONNECT on database shop, USAGE on schema shop/public, USAGE on sequence shop/public/ids")]
    [InlineData("function", "shop/public", "total:int4,_text", "INVOKE", "CONNECT on database shop, EXECUTE on function shop/public/total:int4,_text, USAGE on schema shop/public")]
    [InlineData("function", "shop/public", "refresh", "INVOKE", "CONNECT on database shop, EXECUTE on function shop/public/refresh, USAGE on schema shop/public")]
    public void A_verb_is_its_privileges_and_the_way_to_the_object(string type, string container, string name, string verb, string expected)
    {
        var entitlement = Asked(type, container, name) with { Verbs = [Enum.Parse<Verb>(verb, ignoreCase: true)] };

        Assert.IsType<Fidelity.Exact>(Compile(entitlement).Fidelity);
        Assert.Equal(expected, string.Join(", ", Compiler.PermissionsOf([entitlement], Platform, ["shop"]).Select(p => p.Text).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("pg:table:TRUNCATE")]
    [InlineData("pg:table:REFERENCES")]
    public void A_native_action_is_one_privilege(string action)
    {
        var permissions = Compiler.PermissionsOf([Asked("table", "shop/public", "orders") with { Verbs = [], NativeActions = [action] }], Platform, ["shop"]);

        Assert.Contains(new Permission("table", "shop", "public", "orders", action.Split(':')[2]), permissions);
        Assert.Equal(3, permissions.Count);
    }

    [Theory]
    [InlineData("pg:table:TRIGGER", "HANDS_OUT_ACCESS")]
    [InlineData("pg:schema:CREATE", "HANDS_OUT_ACCESS")]
    [InlineData("pg:database:CREATE", "HANDS_OUT_ACCESS")]
    [InlineData("pg:table:SUPERUSER", "INVALID_NATIVE_ACTION")]
    [InlineData("pg:role:MEMBER", "INVALID_NATIVE_ACTION")]
    [InlineData("s3:GetObject", "INVALID_NATIVE_ACTION")]
    [InlineData("pg:sequence:UPDATE", "ACTION_WITHOUT_RESOURCE")]
    public void A_native_action_that_hands_out_access_or_is_none_is_refused(string action, string code) =>
        AssertRefused(code, Asked("table", "shop/public", "orders") with { NativeActions = [action] });

    [Theory]
    [InlineData("role", "", "postgres", "UNKNOWN_RESOURCE_TYPE")]
    [InlineData("table", "shop", "orders", "MALFORMED_RESOURCE")]
    [InlineData("table", "shop/public/x", "orders", "MALFORMED_RESOURCE")]
    [InlineData("table", "shop/", "orders", "MALFORMED_RESOURCE")]
    [InlineData("table", "other/public", "orders", "UNKNOWN_DATABASE")]
    [InlineData("table", "shop/pg_catalog", "pg_authid", "SYSTEM_SCHEMA")]
    [InlineData("table", "shop/information_schema", "tables", "SYSTEM_SCHEMA")]
    [InlineData("function", "shop/public", "total:", "MALFORMED_RESOURCE")]
    [InlineData("function", "shop/public", "total:int4,,text", "MALFORMED_RESOURCE")]
    [InlineData("function", "shop/public", "total:a.b.c", "MALFORMED_RESOURCE")]
    [InlineData("function", "shop/public", "total:int4:text", "MALFORMED_RESOURCE")]
    [InlineData("table", "shop/public", "a23456789012345678901234567890123456789012345678901234567890abcd", "MALFORMED_RESOURCE")]
    [InlineData("table", "shop/public", "ééééééééééééééééééééééééééééééééé", "MALFORMED_RESOURCE")]
    public void What_is_no_object_under_control_is_refused(string type, string container, string name, string code) =>
        AssertRefused(code, Asked(type, container, name) with { Verbs = [type == "function" ? Verb.Invoke : Verb.Read] });

    [Theory]
    [InlineData("total:integer,_text", "total:int4,_text")]
    [InlineData("total:pg_catalog.int4,_text", "total:int4,_text")]
    [InlineData("flag:boolean", "flag:bool")]
    public void A_function_in_another_spelling_is_refused_with_the_one_that_policies_know(string name, string canonical)
    {
        var entitlement = Asked("function", "shop/public", name) with { Verbs = [Verb.Invoke] };

        AssertRefused("MALFORMED_RESOURCE", entitlement);
        Assert.Equal($"Name it '{canonical}'.", Assert.IsType<Fidelity.Refused>(Compile(entitlement).Fidelity).Why.Remedy);
    }

    [Fact]
    public void Prefixes_and_all_of_a_type_are_refused_since_nothing_that_lasts_says_them()
    {
        AssertRefused("PREFIX_NOT_SUPPORTED", Asked("table", "shop/public", "orders-") with { Resources = [new("table", "shop/public", ResourceMatch.Prefix, "orders-")] });
        AssertRefused("ALL_NOT_SUPPORTED", Asked("table", "shop/public", "") with { Resources = [new("table", "shop/public", ResourceMatch.All, null)] });
    }

    [Fact]
    public void A_verb_that_the_type_does_not_offer_is_refused_with_those_that_it_does()
    {
        var refused = AssertRefused("VERB_NOT_OFFERED", Asked("table", "shop/public", "orders") with { Verbs = [Verb.UseCredential] });

        Assert.Equal("Use one of: READ, WRITE, DELETE.", refused.Why.Remedy);
    }

    [Theory]
    [InlineData("billing", true)]
    [InlineData("Zoë.O-1@corp", true)]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890abc", true)]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890abcd", false)]
    [InlineData("ééééééééééééééééééééééééééééééééé", false)]
    [InlineData("a\"; DROP ROLE b; --", false)]
    [InlineData("a'b", false)]
    [InlineData("a b", false)]
    [InlineData("", false)]
    [InlineData("pg_monitor", false)]
    [InlineData("public", false)]
    [InlineData("current_user", false)]
    [InlineData("nhi_set_0123", false)]
    public void A_principal_is_a_role_without_surprises(string name, bool possible) => Assert.Equal(possible, Identifier.IsPrincipal(name));

    [Fact]
    public void A_permission_reads_like_no_other()
    {
        var (deep, odd) = (new Permission("table", "shop", "a", "b/c", "SELECT"), new Permission("table", "shop", "a/b", "c", "SELECT"));

        Assert.NotEqual(deep.Text, odd.Text);
        Assert.Equal(deep, Permission.Parse(deep.Text));
    }

    private static Entitlement Asked(string type, string container, string name) =>
        new(Platform, [Verb.Read], [new(type, container, ResourceMatch.Exact, name)], Conditions.None);

    private static Translation Compile(Entitlement entitlement) => Compiler.Compile(
        new("billing", new(Platform, "billing"), [new(entitlement, "intent", null)], ControllerEndAllowed: false), Platform, ["shop"], Capabilities);

    private static Fidelity.Refused AssertRefused(string code, Entitlement entitlement)
    {
        var plan = Compile(entitlement);
        var refused = Assert.IsType<Fidelity.Refused>(plan.Fidelity);
        Assert.Equal(code, refused.Why.Code);
        Assert.NotEmpty(refused.Why.Remedy);
        Assert.Empty(plan.Objects);
        return refused;
    }
}
