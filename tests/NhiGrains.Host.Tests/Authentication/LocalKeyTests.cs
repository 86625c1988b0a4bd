using System.Security.Cryptography;
using NhiGrains.Host.Authentication;

namespace NhiGrains.Host.Tests.Authentication;

public sealed class LocalKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-key-").FullName;

    private string KeyPath => Path.Combine(_folder, "data", "signing-key.pem");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_made_once_and_only_its_owner_can_read_it()
    {
        var first = SigningKeyFile.LoadOrCreate(KeyPath);
        Assert.Equal(first.KeyId, SigningKeyFile.LoadOrCreate(KeyPath).KeyId);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder, "data")));
        // No copy of the key is left beside it: only an empty lock.
        var theLock = Path.Combine(_folder, "data", ".key-lock");
        Assert.Equal([theLock, KeyPath], Directory.GetFiles(Path.Combine(_folder, "data")).Order(StringComparer.Ordinal));
        Assert.Equal(0, new FileInfo(theLock).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(theLock));
    }

    [Fact]
    public async Task Many_that_start_at_once_share_one_key()
    {
        // The window is narrow: once in a while one round alone passes by luck.
        for (var round = 0; round < 100; round++)
        {
            var path = $"{KeyPath}-{round}";
            using var start = new Barrier(8);
            var threads = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return SigningKeyFile.LoadOrCreate(path).KeyId;
                },
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            Assert.Single((await Task.WhenAll(threads)).Distinct());
        }
    }

    [Fact]
    public void A_key_that_others_can_read_is_refused()
    {
        SigningKeyFile.LoadOrCreate(KeyPath);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains($"chmod 600 {KeyPath}", Assert.Throws<SetupException>(() => SigningKeyFile.LoadOrCreate(KeyPath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void A_damaged_key_is_refused_and_not_replaced(string content)
    {
        SigningKeyFile.LoadOrCreate(KeyPath);
        File.WriteAllText(KeyPath, content);
        Assert.Throws<SetupException>(() => SigningKeyFile.LoadOrCreate(KeyPath));
        Assert.Equal(content, File.ReadAllText(KeyPath));
    }

    [Fact]
    public void A_key_on_another_curve_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        SigningKeyFile.LoadOrCreate(KeyPath);
        File.WriteAllText(KeyPath, other.ExportPkcs8PrivateKeyPem());
        Assert.Contains("P-256", Assert.Throws<SetupException>(() => SigningKeyFile.LoadOrCreate(KeyPath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada", "auditer", null, 60, "UNKNOWN_ROLE")]
    [InlineData("ada", null, null, 60, "ROLE_REQUIRED")]
    [InlineData("ada", "admin", null, 0, "INVALID_LIFETIME")]
    [InlineData("ada", "admin", null, 31 * 86400, "INVALID_LIFETIME")]
    [InlineData("", "admin", null, 60, "INVALID_SUBJECT")]
    [InlineData("a b", "admin", null, 60, "INVALID_SUBJECT")]
    [InlineData("ada", "admin", "billing", 60, "IDENTITY_HAS_NO_ROLES")]
    [InlineData("ada", null, "Billing!", 60, "INVALID_IDENTITY_ID")]
    public void An_order_that_is_wrong_gets_no_token(string subject, string? role, string? identity, int seconds, string code)
    {
        var trust = new TokenTrust { KeyFile = KeyPath };
        var issuer = new TokenIssuer(SigningKeyFile.LoadOrCreate(KeyPath), trust, TimeProvider.System);
        Assert.Equal(code, issuer.Issue(new(subject, role is null ? [] : [role], identity, TimeSpan.FromSeconds(seconds))).Refusal?.Code);
    }
}
