def write_html(folder, facts, standards):
    folder.file("report.html").write_text("soon")
