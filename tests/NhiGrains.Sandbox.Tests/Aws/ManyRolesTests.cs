using System.Collections.Immutable;
using System.Globalization;
using NhiGrains.Sandbox.Aws;

namespace NhiGrains.Sandbox.Tests.Aws;

public sealed class ManyRolesTests : AwsTests
{
    [Fact]
    public async Task A_hundred_thousand_roles_are_read_in_pages()
    {
        const int Count = 100_000;
        var policies = ImmutableDictionary<string, string>.Empty.Add("p", Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::orders/team-a/*")));
        Account.AddRoles(Enumerable.Range(0, Count).Select(number => new AwsRoleSeed($"agent-{number:D6}", "/nhi/", ImmutableDictionary<string, string>.Empty.Add("owner", "ann"), policies)));

        var since = TimeProvider.System.GetTimestamp();
        var (names, marker, pages) = (new HashSet<string>(StringComparer.Ordinal), (string?)null, 0);
        do
        {
            (string, string)[] more = marker is null ? [] : [("Marker", marker)];
            var page = (await Admin.IamAsync("GetAccountAuthorizationDetails", [("Filter.member.1", "Role"), ("MaxItems", "1000"), .. more])).Succeeded();
            names.UnionWith(page.All("RoleName"));
            marker = page.All("Marker").SingleOrDefault();
            pages++;
        }
        while (marker is not null);
        var took = TimeProvider.System.GetElapsedTime(since);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{names.Count} roles, {pages} pages, {took.TotalSeconds:F1} s."));
        Assert.Equal((Count, Count / 1000), (names.Count, pages));
    }
}
