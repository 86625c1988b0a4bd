using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Keys of service accounts, of IAM v1. A private half is given once, when it is made, and kept nowhere.</summary>
internal sealed class AccountKeysApi(Workings workings)
{
    private const string All = "v1/projects/{project}/serviceAccounts/{account}/keys";
    private const string One = $"{All}/{{key}}";
    private const string UserManaged = "USER_MANAGED", SystemManaged = "SYSTEM_MANAGED";

    /// <summary>Google's way to say never.</summary>
    private static readonly DateTimeOffset Never = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private readonly AccountFinder _find = new(workings);

    public void AddTo(Routes routes)
    {
        routes.Add($"POST {All}", Create);
        routes.Add($"POST {All}:upload", Upload);
        routes.Add($"GET {All}", List);
        routes.Add($"GET {One}", Get);
        routes.Add($"DELETE {One}", Delete);
        routes.Add($"POST {One}:disable", call => Switch(call, "iam.serviceAccountKeys.disable", off: true));
        routes.Add($"POST {One}:enable", call => Switch(call, "iam.serviceAccountKeys.enable", off: false));
    }

    private Answer Create(Call call)
    {
        var account = _find.Allowed(call, "iam.serviceAccountKeys.create");
        call.Body.Only("privateKeyType", "keyAlgorithm");
        if (call.Body.Text("privateKeyType") is not (null or "TYPE_UNSPECIFIED" or "TYPE_GOOGLE_CREDENTIALS_FILE"))
            throw GoogleError.Invalid("The sandbox makes keys of the type TYPE_GOOGLE_CREDENTIALS_FILE only.", "private_key_type");
        if (call.Body.Text("keyAlgorithm") is not (null or "KEY_ALG_UNSPECIFIED" or "KEY_ALG_RSA_2048"))
            throw GoogleError.Invalid("The sandbox makes keys of the algorithm KEY_ALG_RSA_2048 only.", "key_algorithm");
        if (account.Disabled)
            throw GoogleError.Precondition($"Service account {account.Email} is disabled.");
        using var pair = RSA.Create(2048);
        var key = new AccountKey(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)),
            pair.ExportSubjectPublicKeyInfo(),
            workings.Now,
            Never,
            SystemManaged: false,
            Disabled: false);
        Add(account, key);
        var json = ToJson(account, key);
        json["privateKeyType"] = "TYPE_GOOGLE_CREDENTIALS_FILE";
        json["privateKeyData"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Credentials(account, key, pair, call.Origin).ToJsonString()));
        return json;
    }

    /// <summary>The public half of a pair that somebody made himself, in a certificate; the key is valid for as long as that is.</summary>
    private Answer Upload(Call call)
    {
        var account = _find.Allowed(call, "iam.serviceAccountKeys.create");
        call.Body.Only("publicKeyData");
        using var certificate = Certificate(call.Body.Needed("publicKeyData"));
        using var half = certificate.GetRSAPublicKey() ?? throw NoCertificate();
        var key = new AccountKey(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)),
            half.ExportSubjectPublicKeyInfo(),
            new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
            SystemManaged: false,
            Disabled: false,
            Uploaded: true);
        Add(account, key);
        return ToJson(account, key);
    }

    private static X509Certificate2 Certificate(string data)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(data));
        }
        catch (Exception broken) when (broken is FormatException or CryptographicException)
        {
            throw NoCertificate();
        }
    }

    private static GoogleError NoCertificate() =>
        GoogleError.Invalid("The public key data must be an RSA public key in an X.509 certificate.", "public_key_data");

    private void Add(ServiceAccount account, AccountKey key) =>
        Change(account.UniqueId, changed => changed.Keys.Count >= workings.Quotas.KeysPerAccount
            ? throw GoogleError.Precondition("Precondition check failed.")
            : changed with { Keys = changed.Keys.Add(key.Id, key) });

    private JsonObject Credentials(ServiceAccount account, AccountKey key, RSA pair, string origin) => new()
    {
        ["type"] = "service_account",
        ["project_id"] = workings.Project,
        ["private_key_id"] = key.Id,
        ["private_key"] = pair.ExportPkcs8PrivateKeyPem() + "\n",
        ["client_email"] = account.Email,
        ["client_id"] = account.UniqueId,
        ["auth_uri"] = $"{origin}/auth",
        ["token_uri"] = $"{origin}/token",
        ["universe_domain"] = "googleapis.com",
    };

    /// <summary>Google's own key of an account is in the list as well, unless only users' keys are asked for.</summary>
    private Answer List(Call call)
    {
        var account = _find.Allowed(call, "iam.serviceAccountKeys.list");
        string?[] types = call.Query.TryGetValue("keyTypes", out var asked) ? [.. asked] : [UserManaged, SystemManaged];
        if (Array.Find(types, type => type is not (UserManaged or SystemManaged)) is { } wrong)
            throw GoogleError.Invalid($"Invalid value at 'key_types' (TYPE_ENUM), \"{wrong}\"", "key_types");
        var keys = account.Keys.Values.Append(OfGoogle(account))
            .Where(key => types.Contains(key.SystemManaged ? SystemManaged : UserManaged)).ToList();
        return keys.Count == 0 ? [] : new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => ToJson(account, key))]) };
    }

    private Answer Get(Call call)
    {
        var account = _find.Allowed(call, "iam.serviceAccountKeys.get");
        var key = account.Keys.GetValueOrDefault(call.Path["key"]) ?? throw NoKey(call);
        var json = ToJson(account, key);
        switch (call.Ask("publicKeyType"))
        {
            case null or "TYPE_NONE":
                return json;
            case "TYPE_RAW_PUBLIC_KEY":
                var pem = PemEncoding.WriteString("PUBLIC KEY", key.Public.Span) + "\n";
                json["publicKeyData"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
                return json;
            default:
                throw GoogleError.Invalid("The sandbox gives public keys as TYPE_RAW_PUBLIC_KEY only.", "public_key_type");
        }
    }

    private Answer Delete(Call call)
    {
        var account = _find.Allowed(call, "iam.serviceAccountKeys.delete");
        Change(account.UniqueId, changed => changed.Keys.ContainsKey(call.Path["key"])
            ? changed with { Keys = changed.Keys.Remove(call.Path["key"]) }
            : throw NoKey(call));
        return new JsonObject();
    }

    private Answer Switch(Call call, string permission, bool off)
    {
        var account = _find.Allowed(call, permission);
        Change(account.UniqueId, changed => changed.Keys.TryGetValue(call.Path["key"], out var key)
            ? changed with { Keys = changed.Keys.SetItem(key.Id, key with { Disabled = off }) }
            : throw NoKey(call));
        return new JsonObject();
    }

    private void Change(string id, Func<ServiceAccount, ServiceAccount> change) => workings.State.Write(state =>
    {
        if (!state.Accounts.TryGetValue(id, out var account) || account.DeletedAt is not null)
            throw GoogleError.NotFound("Unknown service account");
        return (state.With(change(account)) with { Writes = state.Writes + 1 }, true);
    });

    private JsonObject ToJson(ServiceAccount account, AccountKey key)
    {
        var json = new JsonObject
        {
            ["name"] = $"projects/{workings.Project}/serviceAccounts/{account.Email}/keys/{key.Id}",
            ["keyAlgorithm"] = "KEY_ALG_RSA_2048",
            ["keyOrigin"] = key.Uploaded ? "USER_PROVIDED" : "GOOGLE_PROVIDED",
            ["keyType"] = key.SystemManaged ? SystemManaged : UserManaged,
            ["validAfterTime"] = GoogleTime.Seconds(key.From),
            ["validBeforeTime"] = GoogleTime.Seconds(key.Until),
        };
        if (key.Disabled)
            json["disabled"] = true;
        return json;
    }

    private AccountKey OfGoogle(ServiceAccount account) => new(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(account.UniqueId))[..20]),
        ReadOnlyMemory<byte>.Empty,
        workings.Now.AddDays(-7),
        workings.Now.AddDays(9),
        SystemManaged: true,
        Disabled: false);

    private static GoogleError NoKey(Call call) => GoogleError.NotFound($"Service account key {call.Path["key"]} does not exist.");
}
