using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Postgres.Tests.Observing;

/// <summary>What others give, however they give it.</summary>
public class ObserveTests(Cluster cluster) : PostgresTests(cluster)
{
    [Fact]
    public async Task A_grant_by_hand_is_shown_with_its_grantor_and_taken_back_when_a_person_says_so()
    {
        await Target.RunAsync($"GRANT SELECT, DELETE ON {Target.Schema}.table_1 TO {Target.Binding.Principal}");

        var seen = Single(await Target.ObserveAsync(), "Grant");

        Assert.Equal($"table shop/{Target.Schema}/table_1 by {Cluster.Owner}", seen.Key);
        Assert.Equal($$"""{"gives":["DELETE on table shop/{{Target.Schema}}/table_1","SELECT on table shop/{{Target.Schema}}/table_1"]}""", seen.Body);
        await RemoveAsync(seen);
        Assert.False(await Target.HasAsync($"{Target.Schema}.table_1", "SELECT"));
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, o => o.Object.Kind == "Grant");
    }

    [Fact]
    public async Task A_grant_by_another_grantor_survives_our_revocations_and_is_told_as_what_it_is()
    {
        await Target.RunAsync($"CREATE ROLE helper_{Target.Number}; GRANT USAGE ON SCHEMA {Target.Schema} TO helper_{Target.Number}, {Target.Binding.Principal}; GRANT SELECT ON {Target.Schema}.table_1 TO helper_{Target.Number} WITH GRANT OPTION");
        await Target.RunAsync($"SET ROLE helper_{Target.Number}; GRANT SELECT ON {Target.Schema}.table_1 TO {Target.Binding.Principal}; RESET ROLE");
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));

        await Target.ApplyAsync(Target.Desired(3));
        var seen = (await Target.ObserveAsync()).Objects.Single(o => o.Object.Key == $"table shop/{Target.Schema}/table_1 by helper_{Target.Number}");

        Assert.Equal(Ownership.Foreign, seen.Ownership);
        Assert.True(await Target.HasAsync($"{Target.Schema}.table_1", "SELECT"));
        var denied = await Assert.ThrowsAsync<PlatformException>(() => RemoveAsync(seen.Object));
        Assert.Equal(PlatformError.AccessDenied, denied.Error);
        Assert.Contains($"helper_{Target.Number}", denied.Message, StringComparison.Ordinal);
        await Target.RunAsync($"GRANT helper_{Target.Number} TO {Cluster.Control}");
        await RemoveAsync(seen.Object);
        Assert.False(await Target.HasAsync($"{Target.Schema}.table_1", "SELECT"));
    }

    [Fact]
    public async Task What_PUBLIC_has_is_inherited_and_bounded_and_a_change_of_it_shows()
    {
        await Target.RunAsync($"DO $$ BEGIN FOR i IN 1..80 LOOP EXECUTE format('CREATE FUNCTION {Target.Schema}.f_%s() RETURNS int LANGUAGE sql AS ''SELECT 1''', i); END LOOP; END $$");

        var before = Single(await Target.ObserveAsync(), "Public", Ownership.Inherited, "shop");
        await Target.RunAsync($"GRANT SELECT ON {Target.Schema}.table_3 TO PUBLIC");
        var after = Single(await Target.ObserveAsync(), "Public", Ownership.Inherited, "shop");

        Assert.Contains("\"digest\"", before.Body, StringComparison.Ordinal);
        Assert.True(before.Body.Length < 16_000);
        Assert.NotEqual(before.Body, after.Body);
        Assert.DoesNotContain("pg_catalog", after.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ownership_attributes_columns_and_what_will_be_created_are_shown()
    {
        var principal = Target.Binding.Principal;
        await Target.RunAsync($"""
            ALTER TABLE {Target.Schema}.table_2 OWNER TO {principal};
            ALTER ROLE {principal} CREATEDB BYPASSRLS;
            GRANT UPDATE (id) ON {Target.Schema}.table_1 TO {principal};
            ALTER DEFAULT PRIVILEGES FOR ROLE {Cluster.Owner} IN SCHEMA {Target.Schema} GRANT SELECT ON TABLES TO {principal};
            GRANT pg_read_all_data TO {principal}
            """);
        await Target.RunInAsync("bank", $"CREATE TABLE owned_{Target.Number} (id int); ALTER TABLE owned_{Target.Number} OWNER TO {principal}");

        var seen = (await Target.ObserveAsync()).Objects.Where(o => o.Ownership == Ownership.Foreign).Select(o => $"{o.Object.Kind} {o.Object.Key} {o.Object.Body}").ToArray();

        Assert.Contains(seen, one => one.StartsWith("Ownership shop ", StringComparison.Ordinal) && one.Contains($"{Target.Schema}.table_2", StringComparison.Ordinal));
        Assert.Contains(seen, one => one.StartsWith("Ownership bank ", StringComparison.Ordinal) && one.Contains($"owned_{Target.Number}", StringComparison.Ordinal));
        Assert.Contains($$"""Attributes {{principal}} {"gives":["BYPASSRLS","CREATEDB"]}""", seen);
        Assert.Contains(seen, one => one.StartsWith($"Grant column shop/{Target.Schema}/table_1.id by ", StringComparison.Ordinal));
        Assert.Contains(seen, one => one.StartsWith($"Grant default shop//future:r:{Cluster.Owner}:{Target.Schema} by ", StringComparison.Ordinal));
        Assert.Contains(seen, one => one.StartsWith("Membership pg_read_all_data ", StringComparison.Ordinal));
        var rejected = await Assert.ThrowsAsync<PlatformException>(async () => await RemoveAsync(Single(await Target.ObserveAsync(), "Attributes")));
        Assert.Equal(PlatformError.Rejected, rejected.Error);
    }

    [Fact]
    public async Task A_group_of_somebody_else_is_shown_with_all_that_it_and_its_groups_give()
    {
        await Target.RunAsync($"""
            CREATE ROLE inner_{Target.Number}; CREATE ROLE outer_{Target.Number};
            GRANT DELETE ON {Target.Schema}.table_1 TO inner_{Target.Number};
            GRANT inner_{Target.Number} TO outer_{Target.Number};
            GRANT outer_{Target.Number} TO {Target.Binding.Principal} WITH ADMIN OPTION
            """);

        var seen = Single(await Target.ObserveAsync(), "Membership");

        Assert.Equal($"outer_{Target.Number}", seen.Key);
        Assert.Equal($$"""{"gives":["DELETE on table shop/{{Target.Schema}}/table_1","member of inner_{{Target.Number}}"],"admin":true}""", seen.Body);
    }

    [Fact]
    public async Task What_somebody_gives_to_our_own_roles_is_seen_as_given_to_the_principal()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await Target.RunAsync($"GRANT DELETE ON {Target.Schema}.table_3 TO {Target.IdentityRole}; CREATE ROLE side_{Target.Number}; GRANT side_{Target.Number} TO {Target.IdentityRole}");

        var foreign = (await Target.ObserveAsync()).Objects.Where(o => o.Ownership == Ownership.Foreign).Select(o => o.Object).ToArray();

        Assert.Equal([$"table shop/{Target.Schema}/table_3 by {Cluster.Owner} to {Target.IdentityRole}", $"side_{Target.Number} to {Target.IdentityRole}"], foreign.Select(o => o.Key));
        foreach (var unwanted in foreign)
            await RemoveAsync(unwanted);
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, o => o.Ownership == Ownership.Foreign);
    }

    [Fact]
    public async Task Nothing_that_is_shown_has_the_key_of_something_else_however_roles_are_named()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        var (set, principal) = (PostgresTarget.SetOf(Target.OnTable(1, "SELECT")), Target.Binding.Principal);
        await Target.RunAsync($"""
            GRANT {set} TO {principal};
            CREATE ROLE "x{Target.Number} to {Target.IdentityRole}"; GRANT "x{Target.Number} to {Target.IdentityRole}" TO {principal};
            CREATE ROLE x{Target.Number}; GRANT x{Target.Number} TO {Target.IdentityRole}
            """);

        var observed = await Target.ObserveAsync();

        Assert.Equal(observed.Objects.Count, observed.Objects.Select(o => (o.Object.Kind, o.Object.Key)).Distinct().Count());
        var extra = Domain.Drift.Comparison.Compare(Target.Plan(desired).Objects, observed);
        Assert.Equal(3, extra.Count(difference => difference is { Kind: Domain.Drift.DifferenceKind.Extra, Ownership: Ownership.Foreign }));
        await RemoveAsync(observed.Objects.Single(o => o.Object.Key == $"{set} to {principal}").Object);
        Assert.True(await Target.HasAsync($"{Target.Schema}.table_1", "SELECT"));
        await Target.ApplyAsync(Target.Desired(3));
        Assert.False(await Target.HasAsync($"{Target.Schema}.table_1", "SELECT"));
    }

    [Fact]
    public async Task In_bulk_our_own_roles_and_PostgreSQLs_are_left_out_and_the_superuser_is_shown_as_such()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await Target.RunAsync($"CREATE ROLE nhi_set_{Target.Number} LOGIN; COMMENT ON ROLE nhi_set_{Target.Number} IS 'nhigrains {{\"platform\":\"pg:test\",\"kind\":\"set\"}}'");

        var all = await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation);

        Assert.DoesNotContain(all, one => one.Principal.StartsWith("pg_", StringComparison.Ordinal) || one.Principal == Target.IdentityRole);
        Assert.Contains(all, one => one.Principal == $"nhi_set_{Target.Number}");
        var superuser = Assert.Single(all, one => one.Principal == "postgres");
        Assert.Contains(superuser.Objects, o => o is { BuiltIn: true, Object.Kind: "Attributes" } && o.Object.Body.Contains("SUPERUSER", StringComparison.Ordinal));
        Assert.DoesNotContain(all.Where(one => one.Principal != "postgres").SelectMany(one => one.Objects), o => o.BuiltIn);
    }

    [Fact]
    public async Task In_bulk_a_role_that_only_looks_like_one_of_ours_is_told_and_a_login_as_we_make_it_is_not()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var now = TimeProvider.System.GetUtcNow();
        foreach (var grant in (string[])["plain", "given", "owns", "free"])
            Assert.True((await Target.Connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, grant, now.AddMinutes(5), now), ConnectorTarget.Valid(), Cancellation)).IsOk);
        string Login(string grant) => Objects.OwnNames.Login(PostgresTarget.PlatformId, Target.IdentityId, grant);
        string Comment(Objects.Marker marker) => marker.ToComment();
        var (super, power, group) = ($"nhi_login_{Target.Number}", Login("power"), Login("group"));
        await Target.RunAsync($$"""
            CREATE ROLE {{super}} LOGIN SUPERUSER VALID UNTIL '2099-01-01'; COMMENT ON ROLE {{super}} IS 'nhigrains {"platform":"pg:test","kind":"login"}';
            CREATE ROLE {{power}} LOGIN CREATEROLE VALID UNTIL '2099-01-01' IN ROLE {{Target.IdentityRole}};
            COMMENT ON ROLE {{power}} IS '{{Comment(new(PostgresTarget.PlatformId, "login", Target.IdentityId, Grant: "power"))}}';
            CREATE ROLE {{group}} LOGIN VALID UNTIL '2099-01-01' IN ROLE {{Target.IdentityRole}}, pg_read_all_data;
            COMMENT ON ROLE {{group}} IS '{{Comment(new(PostgresTarget.PlatformId, "login", Target.IdentityId, Grant: "group"))}}';
            CREATE ROLE nhi_id_{{Target.Number}} SUPERUSER; COMMENT ON ROLE nhi_id_{{Target.Number}} IS 'nhigrains {"platform":"pg:test","kind":"identity"}';
            GRANT SELECT ON {{Target.Schema}}.table_3 TO {{Login("given")}};
            ALTER TABLE {{Target.Schema}}.table_2 OWNER TO {{Login("owns")}};
            ALTER ROLE {{Login("free")}} VALID UNTIL 'infinity'
            """);

        var all = (await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation)).Select(one => one.Principal).ToArray();

        foreach (var told in (string[])[super, power, group, $"nhi_id_{Target.Number}", Login("given"), Login("owns"), Login("free")])
            Assert.Contains(told, all);
        Assert.DoesNotContain(Login("plain"), all);
        Assert.DoesNotContain(Target.IdentityRole, all);
        Assert.DoesNotContain(PostgresTarget.SetOf(Target.OnTable(1, "SELECT")), all);
        await Target.RunAsync($"DROP ROLE {super}, {power}, {group}, nhi_id_{Target.Number}");
    }

    private Task RemoveAsync(NativeObject unwanted) =>
        Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, unwanted, ConnectorTarget.Valid(), Cancellation);

    private static NativeObject Single(Observation observation, string kind, Ownership ownership = Ownership.Foreign, string? key = null) =>
        Assert.Single(observation.Objects, o => o.Ownership == ownership && o.Object.Kind == kind && (key is null || o.Object.Key == key)).Object;
}
