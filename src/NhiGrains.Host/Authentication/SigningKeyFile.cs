using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace NhiGrains.Host.Authentication;

/// <summary>The key that signs local tokens: ECDSA on P-256, in a PEM file that only its owner can read.</summary>
internal static class SigningKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly TimeSpan LockWithin = TimeSpan.FromSeconds(20);

    /// <summary>Reads the key; makes one when there is none. Two processes that start at once end up with the same key.</summary>
    /// <exception cref="SetupException">The file is no such key, or others can read it.</exception>
    public static ECDsaSecurityKey LoadOrCreate(string path)
    {
        if (!File.Exists(path))
            Create(path);
        return Load(path);
    }

    private static ECDsaSecurityKey Load(string path)
    {
        if ((File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
            throw new SetupException($"The signing key {path} can be read by others. Run: chmod 600 {path}");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new SetupException($"The signing key {path} is not a private key in PEM. Restore it, or remove it to get a new one: tokens of the old one end then.");
        }

        if (key.KeySize != 256)
            throw new SetupException($"The signing key {path} is not on the curve P-256.");
        return WithId(key);
    }

    private static void Create(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        using var held = Lock(folder);
        if (File.Exists(path))
            return; // Another process was faster: its key counts.
        // Written aside and then named, so that nobody ever reads half a key.
        var aside = Path.Combine(folder, $".key-{RandomNumberGenerator.GetHexString(16)}");
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            using var file = new FileStream(aside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
            file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(aside, path, overwrite: false);
    }

    /// <summary>
    /// One process at a time. Moving without overwriting is no guard here: on Unix it looks and then renames, and of two that
    /// look at once each would leave with a key of its own. The lock ends with its holder, however that one ends.
    /// </summary>
    private static FileStream Lock(string folder)
    {
        var path = Path.Combine(folder, ".key-lock");
        FileStream? held = null;
        return SpinWait.SpinUntil(() => TryLock(path, out held), LockWithin) && held is not null
            ? held
            : throw new SetupException($"The lock {path} of the signing key is held by another process. Look at what holds it, and try again.");
    }

    private static bool TryLock(string path, out FileStream? held)
    {
        held = null;
        try
        {
            held = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false; // Held by another one, for as long as it takes to make a key.
        }
    }

    // The id is the key's thumbprint (RFC 7638), so that it changes exactly when the key does.
    private static ECDsaSecurityKey WithId(ECDsa key)
    {
        var security = new ECDsaSecurityKey(key);
        security.KeyId = Base64UrlEncoder.Encode(security.ComputeJwkThumbprint());
        return security;
    }
}
