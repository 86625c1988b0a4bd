namespace NhiGrains.Host.Settings;

/// <summary>The server's certificate, for its https addresses.</summary>
/// <param name="CertificateFile">PEM: the server's certificate, then those between it and its authority.</param>
/// <param name="KeyFile">PEM: its private key, not encrypted.</param>
internal sealed record TlsSettings(string CertificateFile, string KeyFile)
{
    public static IReadOnlyList<string> Keys { get; } = ["certificateFile", SettingKeys.KeyFile];

    /// <returns>Null when there is none: http, or a certificate in the settings of the web server.</returns>
    /// <exception cref="SetupException">One file without the other, or no https address to use them for.</exception>
    public static TlsSettings? Read(IConfigurationSection from, IReadOnlyList<Uri> urls)
    {
        var (certificate, key) = (from["certificateFile"], from[SettingKeys.KeyFile]);
        if (string.IsNullOrWhiteSpace(certificate) && string.IsNullOrWhiteSpace(key))
            return null;
        if (string.IsNullOrWhiteSpace(certificate) || string.IsNullOrWhiteSpace(key))
            throw new SetupException("'tls' needs both, 'tls:certificateFile' and 'tls:keyFile'.");
        return urls.Any(url => url.Scheme == Uri.UriSchemeHttps)
            ? new(Path.GetFullPath(certificate), Path.GetFullPath(key))
            : throw new SetupException("'tls' is for an https address; name one with 'urls'.");
    }
}
