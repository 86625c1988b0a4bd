using Microsoft.Extensions.DependencyInjection;

namespace NhiGrains.Platforms.Postgres.Tests.Server;

public class OptionsTests
{
    private static readonly PostgresPlatformOptions Good = new()
    {
        Platform = "pg:shop",
        ConnectionString = "Host=db;Username=nhigrains;Password=hunter2;Database=shop",
        Databases = ["shop", "bank"],
    };

    public static TheoryData<PostgresPlatformOptions, string> Wrong => new()
    {
        { Good with { Platform = "PG shop" }, "Platform: " },
        { Good with { ConnectionString = "hunter2" }, "ConnectionString cannot be used" },
        { Good with { ConnectionString = "Host=db;Password=hunter2;NoSuchThing=1;Database=shop" }, "ConnectionString cannot be used" },
        { Good with { ConnectionString = "Host=db;Port=hunter2" }, "ConnectionString cannot be used" },
        { Good with { ConnectionString = "Host=db;Username=u;Password=hunter2" }, "ConnectionString cannot be used" },
        { Good with { ConnectionString = "Host=a,b;Username=u;Password=hunter2;Database=shop" }, "ConnectionString names several hosts" },
        { Good with { Databases = [] }, "Databases has 0 names" },
        { Good with { Databases = ["shop", "shop"] }, "Databases names one twice" },
        { Good with { Databases = ["a/b"] }, "Databases: 'a/b'" },
        { Good with { Databases = [new string('a', 64)] }, "Databases: 'aaa" },
        { Good with { RequestTimeout = TimeSpan.Zero }, "RequestTimeout" },
        { Good with { ControllerLag = TimeSpan.FromHours(2) }, "ControllerLag" },
        { Good with { MaxConcurrency = 0 }, "MaxConcurrency is 0" },
        { Good with { CredentialEndLag = TimeSpan.FromHours(1) }, "CredentialEndLag" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void What_is_wrong_is_said_without_the_connection_string(PostgresPlatformOptions options, string says)
    {
        var wrong = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPostgresPlatform(options));

        Assert.StartsWith(says, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_are_printed_show_no_password() => Assert.Equal("pg:shop (shop, bank)", Good.ToString());
}
